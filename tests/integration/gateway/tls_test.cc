// Upstreams under TLS: whom the gateway trusts, and that nothing but the wire changes.
#include <csignal>
#include <string>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

class TlsTest : public GatewayTest {
 protected:
  // The fakes write through OpenSSL, without MSG_NOSIGNAL.
  TlsTest() { std::signal(SIGPIPE, SIG_IGN); }

  FakeUpstream::Options Options(CertificateKind kind = CertificateKind::kValid) const {
    return {.tls = ca.Issue(kind)};
  }

  settings::UpstreamSettings& AddTls(const std::string& name, const FakeUpstream& fake,
                                     const std::string& server_name = "localhost") {
    settings::UpstreamSettings& upstream = AddUpstream(name, fake);
    upstream.endpoint.tls = true;
    upstream.tls.server_name = server_name;
    upstream.tls.ca_pem = ReadFile(ca.ca_file());
    return upstream;
  }

  // "first" is not trusted: the attempt says why, and another upstream answers.
  void ExpectNotTrusted(const std::string& why) {
    FakeUpstream second;
    AddUpstream("second", second);
    Start();
    EXPECT_EQ(Chat().status, 200);
    auto record = records.Wait();
    ASSERT_TRUE(record);
    ASSERT_EQ(record->attempts.size(), 2U);
    EXPECT_EQ(record->attempts[0].outcome, "tls_failed");
    EXPECT_NE(record->attempts[0].error.find(why), std::string::npos) << record->attempts[0].error;
    second.Stop();
    route().upstreams = {"first"};
    Apply();
    const HttpAnswer answer = Chat();
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(ErrorField(answer.body, "code"), "upstream_tls_failed");
    EXPECT_EQ(ErrorField(answer.body, "fault"), "upstream");
  }

  TestCa ca;
};

TEST_F(TlsTest, NamesTheServerAndTheProtocolAndUsesTheConnectionAgain) {
  FakeUpstream fake(Options());
  AddTls("only", fake);
  Start();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(fake.last_server_name(), "localhost");
  EXPECT_EQ(fake.last_protocol(), "http/1.1");
  EXPECT_EQ(fake.connections_accepted(), 1U);
}

TEST_F(TlsTest, ChecksAnIpAddressAgainstTheAddressesOfTheCertificate) {
  FakeUpstream fake(Options());
  AddTls("only", fake, "127.0.0.1");
  Start();
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(fake.last_server_name(), "") << "addresses are not sent as SNI";
}

TEST_F(TlsTest, AWrongNameIsNotTrusted) {
  FakeUpstream fake(Options(CertificateKind::kWrongName));
  AddTls("first", fake).retries = 0;
  ExpectNotTrusted("hostname mismatch");
}

TEST_F(TlsTest, AWrongAddressIsNotTrusted) {
  FakeUpstream fake(Options(CertificateKind::kWrongName));
  AddTls("first", fake, "127.0.0.1").retries = 0;
  ExpectNotTrusted("IP address mismatch");
}

TEST_F(TlsTest, AnExpiredCertificateIsNotTrusted) {
  FakeUpstream fake(Options(CertificateKind::kExpired));
  AddTls("first", fake).retries = 0;
  ExpectNotTrusted("certificate has expired");
}

TEST_F(TlsTest, ASelfSignedCertificateIsNotTrusted) {
  FakeUpstream fake(Options(CertificateKind::kSelfSigned));
  AddTls("first", fake).retries = 0;
  ExpectNotTrusted("self-signed certificate");
}

TEST_F(TlsTest, ACertificateOfAnotherAuthorityIsNotTrusted) {
  FakeUpstream fake(Options());
  AddTls("first", fake).tls.ca_pem = ReadFile(TestCa().ca_file());
  ExpectNotTrusted("certificate");
}

TEST_F(TlsTest, WithoutACaOfItsOwnTheSystemsAreTrustedAndNoOther) {
  FakeUpstream fake(Options());
  AddTls("first", fake).tls.ca_pem.clear();
  ExpectNotTrusted("certificate");
}

TEST_F(TlsTest, AServerThatSpeaksNoTlsFails) {
  FakeUpstream fake;
  AddTls("first", fake).timeouts.connect = std::chrono::milliseconds(2'000);
  fake.Always(GarbageHead());
  AddRoute("unused", "/unused");
  FakeUpstream second;
  AddUpstream("second", second);
  Start();
  EXPECT_EQ(Chat().status, 200);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->attempts.size(), 2U);
}

TEST_F(TlsTest, CarriesABodyThatTheUpstreamTakesSlowly) {
  FakeUpstream::Options narrow = Options();
  narrow.narrow = true;
  FakeUpstream fake(narrow);
  AddTls("only", fake);
  Start();
  const std::string body(900'000, 'x');
  // On a new connection, where session tickets lie unread, and on a kept one.
  for (int i = 0; i < 2; ++i) {
    Gate gate;
    Reply reply = Answer(200, "done");
    reply.before_reading = {Reply::WaitAt{gate}};
    fake.Next(reply);
    Connection client = Connect();
    ASSERT_TRUE(client.Write(Print({.method = "POST",
                                    .target = "/v1/files",
                                    .headers = {{"Authorization", std::string("Bearer ") + kKey}},
                                    .body = body})));
    gate.Release();
    EXPECT_EQ(ReadAnswer(client).body, "done");
    const auto request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->body == body);
  }
  EXPECT_EQ(fake.connections_accepted(), 1U);
}

TEST_F(TlsTest, CarriesLargeBodiesBothWays) {
  FakeUpstream fake(Options());
  AddTls("only", fake);
  options().body_limits.replay_bytes = 4 << 20;
  Start();
  // Held in memory, in a file, and streamed through.
  for (const size_t bytes : {size_t{900'000}, size_t{3} << 20, size_t{12} << 20}) {
    SCOPED_TRACE(bytes);
    std::string body(bytes, '\0');
    for (size_t i = 0; i < bytes; ++i) body[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    fake.Next(Answer(200, body));
    const HttpAnswer answer =
        Request(address(), {.method = "POST",
                            .target = "/v1/files",
                            .headers = {{"Authorization", std::string("Bearer ") + kKey}},
                            .body = body});
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.complete);
    EXPECT_TRUE(answer.body == body);
    const auto request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->body == body);
  }
  EXPECT_EQ(fake.connections_accepted(), 1U);
}

TEST_F(TlsTest, RelaysEachStreamEventBeforeTheNextOneIsMade) {
  FakeUpstream fake(Options());
  AddTls("only", fake);
  Start();
  Gate gate;
  fake.Next(StreamSse({"1", "2", "[DONE]"}, gate));
  Connection client = OpenStream();
  gate.Release();
  EXPECT_NE(client.TakeThrough("data: 1\n\n"), "");
  gate.Release();
  EXPECT_NE(client.TakeThrough("data: 2\n\n"), "");
  gate.Open();
  EXPECT_NE(client.TakeThrough("0\r\n\r\n"), "");
}

TEST_F(TlsTest, AClientThatLeavesClosesTheUpstreamConnection) {
  FakeUpstream fake(Options());
  AddTls("only", fake);
  Start();
  Gate gate;
  gate.Release();
  fake.Next(StreamSse({"1", "2"}, gate));
  Connection client = OpenStream();
  ASSERT_NE(client.TakeThrough("data: 1\n\n"), "");
  client.Close();
  EXPECT_TRUE(fake.WaitForClientGone());
}

TEST_F(TlsTest, AnEndWithoutCloseNotifyIsNotTheEndOfABody) {
  FakeUpstream fake(Options());
  AddTls("only", fake);
  Start();
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";
  // In order: the end of the connection is the end of the body.
  fake.Next(ThenClose(Raw(head + "whole")));
  HttpAnswer answer = Chat();
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body, "whole");
  ASSERT_TRUE(records.Wait());
  // Cut.
  Gate gate;
  Reply cut = Raw(head + "cut");
  cut.steps.emplace_back(Reply::WaitAt{gate});
  cut.steps.emplace_back(Reply::Reset{});
  fake.Next(cut);
  Connection client = OpenStream();
  const std::string begin = client.TakeThrough("cut\r\n");
  gate.Release();
  client.buffer().insert(0, begin);
  EXPECT_FALSE(ReadAnswer(client).complete);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "stream_broken");
}

TEST_F(TlsTest, AKeptConnectionThatTheServerClosedIsReplacedUnseen) {
  FakeUpstream fake(Options());
  AddTls("only", fake).retries = 0;
  Start();
  ASSERT_EQ(Chat().status, 200);
  fake.Next(CloseBeforeHead());
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(fake.connections_accepted(), 2U);
}

TEST_F(TlsTest, ARequestConnectsWithTheSettingsItBeganWith) {
  FakeUpstream secure(Options());
  FakeUpstream plain;
  AddTls("first", secure);
  AddUpstream("second", plain);
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write("POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: " +
                           std::string(kKey) + "\r\nContent-Length: 5\r\n\r\nbe"));
  ASSERT_TRUE(WaitFor([&] { return gateway().requests_in_flight() == 1; }));
  RemoveUpstream("first");
  Apply();
  ASSERT_TRUE(client.Write("gun"));
  EXPECT_EQ(ReadAnswer(client).status, 200);
  const auto request = secure.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, "begun");
}

}  // namespace
}  // namespace llmgw::test

// Upstreams behind a real squid.
#include <csignal>
#include <iostream>
#include <string>

#include "tests/integration/gateway/gateway_fixture.h"
#include "tests/support/squid.h"

namespace llmgw::test {
namespace {

constexpr char kCredentials[] = "Basic dXNlcjpodW50ZXIy";  // user:hunter2

class SquidTest : public GatewayTest {
 protected:
  // The fakes write through OpenSSL, without MSG_NOSIGNAL.
  SquidTest() { std::signal(SIGPIPE, SIG_IGN); }

  void SetUp() override {
    if (!Squid::Installed()) {
      std::cerr << "*** NOT TESTED against squid: install the packages of tests/packages.txt ***\n";
      GTEST_SKIP() << "squid is not installed";
    }
    squid = std::make_unique<Squid>("user", "hunter2");
  }

  settings::UpstreamSettings& AddPlain(const FakeUpstream& fake,
                                       const std::string& credentials = kCredentials) {
    settings::UpstreamSettings& upstream = AddUpstream("only", fake);
    upstream.outbound.proxy = {squid->host(), static_cast<uint16_t>(squid->port()),
                               "http://" + squid->host() + ":" + std::to_string(squid->port()),
                               SecretString(credentials)};
    return upstream;
  }

  settings::UpstreamSettings& AddTls(const FakeUpstream& fake,
                                     const std::string& credentials = kCredentials) {
    settings::UpstreamSettings& upstream = AddPlain(fake, credentials);
    upstream.endpoint.tls = true;
    upstream.tls.server_name = "localhost";
    upstream.tls.ca_pem = ReadFile(ca.ca_file());
    return upstream;
  }

  void ExpectProxyFailed(const std::string& why) {
    EXPECT_EQ(ErrorField(Chat().body, "code"), "proxy_failed");
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_NE(record->attempts.at(0).error.find(why), std::string::npos)
        << record->attempts[0].error << squid->output();
  }

  TestCa ca;
  std::unique_ptr<Squid> squid;
};

TEST_F(SquidTest, OpensTunnelsToHttpsEndpointsAndTheyAreUsedAgain) {
  FakeUpstream fake({.tls = ca.Issue()});
  AddTls(fake);
  Start();
  const std::string body(300'000, 'x');
  for (int i = 0; i < 3; ++i) {
    fake.Next(Answer(200, body));
    const HttpAnswer answer = Chat();
    EXPECT_EQ(answer.status, 200) << squid->output();
    EXPECT_TRUE(answer.body == body);
  }
  EXPECT_EQ(fake.connections_accepted(), 1U);
}

TEST_F(SquidTest, ForwardsRequestsToHttpEndpoints) {
  FakeUpstream fake;
  AddPlain(fake);
  Start();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Chat().status, 200) << squid->output();
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->target, "/v1/chat/completions");
  EXPECT_EQ(request->Header("host"), fake.address());
  EXPECT_EQ(request->Header("proxy-authorization"), "");
  EXPECT_NE(request->Header("via").find("squid"), std::string::npos);
}

TEST_F(SquidTest, StreamsComeThroughEventByEvent) {
  FakeUpstream plain;
  AddPlain(plain);
  Start();
  Gate gate;
  plain.Next(StreamSse({"1", "2", "[DONE]"}, gate));
  Connection client = OpenStream();
  gate.Release();
  EXPECT_NE(client.TakeThrough("data: 1\n\n"), "") << squid->output();
  gate.Release();
  EXPECT_NE(client.TakeThrough("data: 2\n\n"), "");
  gate.Open();
  EXPECT_NE(client.TakeThrough("0\r\n\r\n"), "");
}

TEST_F(SquidTest, AWrongPasswordIsTheProxysRefusal) {
  FakeUpstream secure({.tls = ca.Issue()});
  AddTls(secure, "Basic d3Jvbmc6d3Jvbmc=");
  Start();
  ExpectProxyFailed("407");
  RemoveUpstream("only");
  FakeUpstream plain;
  AddPlain(plain, "").pool_key += "|anonymous";
  Apply();
  ExpectProxyFailed("407");
  EXPECT_EQ(secure.connections_accepted() + plain.connections_accepted(), 0U);
}

TEST_F(SquidTest, ATargetThatItCannotReachIsToldApart) {
  FakeUpstream gone({.tls = ca.Issue()});
  AddTls(gone);
  gone.Stop();
  Start();
  ExpectProxyFailed("answered CONNECT with 503");
}

}  // namespace
}  // namespace llmgw::test

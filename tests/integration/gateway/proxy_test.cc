// Upstreams behind an HTTP proxy: what it is sent, and whose fault it is when it does not work.
#include <csignal>
#include <string>

#include "tests/fakes/fake_proxy.h"
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

constexpr char kCredentials[] = "Basic dXNlcjpodW50ZXIy";  // user:hunter2

class ProxyTest : public GatewayTest {
 protected:
  // The fakes write through OpenSSL, without MSG_NOSIGNAL.
  ProxyTest() { std::signal(SIGPIPE, SIG_IGN); }

  void UseProxy(settings::UpstreamSettings& upstream, int port) {
    upstream.outbound.proxy = {"127.0.0.1", static_cast<uint16_t>(port),
                               "http://127.0.0.1:" + std::to_string(port),
                               SecretString(kCredentials)};
    upstream.pool_key += "|proxy";
  }

  // At a name that only the proxy can resolve.
  settings::UpstreamSettings& AddPlain(const std::string& name, const FakeUpstream& fake) {
    settings::UpstreamSettings& upstream = AddUpstream(name, fake);
    upstream.endpoint.host = "far.test";
    upstream.endpoint.authority = "far.test:" + std::to_string(fake.port());
    UseProxy(upstream, proxy.port());
    return upstream;
  }

  settings::UpstreamSettings& AddTls(const std::string& name, const FakeUpstream& fake) {
    settings::UpstreamSettings& upstream = AddPlain(name, fake);
    upstream.endpoint.tls = true;
    upstream.tls.server_name = "localhost";
    upstream.tls.ca_pem = ReadFile(ca.ca_file());
    return upstream;
  }

  FakeUpstream::Options Tls() const { return {.tls = ca.Issue()}; }

  // The only attempt failed because of the proxy, which the record names without its password.
  void ExpectProxyFailed(const std::string& why) {
    const HttpAnswer answer = Chat();
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(ErrorField(answer.body, "code"), "proxy_failed");
    EXPECT_EQ(ErrorField(answer.body, "fault"), "gateway");
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    ASSERT_EQ(record->attempts.size(), 1U);
    const model::AttemptRecord& attempt = record->attempts[0];
    EXPECT_EQ(attempt.outcome, "proxy_failed");
    EXPECT_NE(attempt.error.find("proxy http://127.0.0.1:"), std::string::npos) << attempt.error;
    EXPECT_NE(attempt.error.find(why), std::string::npos) << attempt.error;
    for (const char* secret : {"hunter2", "dXNlc"}) {
      EXPECT_EQ(attempt.error.find(secret), std::string::npos);
      EXPECT_EQ(answer.body.find(secret), std::string::npos);
    }
  }

  TestCa ca;
  FakeProxy proxy;
};

TEST_F(ProxyTest, HttpsEndpointsAreReachedThroughATunnel) {
  FakeUpstream fake(Tls());
  AddTls("only", fake);
  Start();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(fake.last_server_name(), "localhost");
  EXPECT_EQ(fake.connections_accepted(), 1U);
  const auto connects = proxy.http().requests();
  ASSERT_EQ(connects.size(), 1U) << "the tunnel is used again";
  const ReceivedRequest& connect = connects[0];
  const std::string authority = "far.test:" + std::to_string(fake.port());
  EXPECT_EQ(connect.raw_head, "CONNECT " + authority + " HTTP/1.1\r\nhost: " + authority +
                                  "\r\nproxy-authorization: " + kCredentials + "\r\n\r\n");
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->target, "/v1/chat/completions");
  EXPECT_EQ(request->Header("authorization"), "Bearer sk-upstream-only");
  EXPECT_EQ(request->Header("proxy-authorization"), "");
}

TEST_F(ProxyTest, HttpEndpointsAreAskedForInAbsoluteForm) {
  FakeUpstream fake;
  AddPlain("only", fake);
  Start();
  fake.Next(AnswerJson(200, R"({"through":"proxy"})"));
  const HttpAnswer answer = Chat(R"({"model":"gpt-4o","messages":[]})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"through":"proxy"})");
  const auto seen = proxy.http().WaitForRequest();
  ASSERT_TRUE(seen);
  const std::string authority = "far.test:" + std::to_string(fake.port());
  EXPECT_EQ(seen->target, "http://" + authority + "/v1/chat/completions");
  EXPECT_EQ(seen->Header("host"), authority);
  EXPECT_EQ(seen->Header("proxy-authorization"), kCredentials);
  EXPECT_EQ(seen->Header("authorization"), "Bearer sk-upstream-only");
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, R"({"model":"gpt-4o","messages":[]})");
}

TEST_F(ProxyTest, TheClientsOwnProxyCredentialsGoNowhere) {
  FakeUpstream fake;
  AddPlain("only", fake).outbound.proxy->credentials = SecretString();
  Start();
  const HttpAnswer answer =
      Request(address(), {.method = "GET",
                          .target = "/v1/models",
                          .headers = {{"Authorization", std::string("Bearer ") + kKey},
                                      {"Proxy-Authorization", "Basic evil"}},
                          .body = {}});
  EXPECT_EQ(answer.status, 200);
  const auto seen = proxy.http().WaitForRequest();
  ASSERT_TRUE(seen);
  EXPECT_EQ(CountHeader(seen->headers, "proxy-authorization"), 0U);
}

TEST_F(ProxyTest, StreamsPassATunnelEventByEvent) {
  FakeUpstream fake(Tls());
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

TEST_F(ProxyTest, WhatAProxyAnswersToConnectIsItsFault) {
  FakeUpstream fake(Tls());
  AddTls("only", fake);
  Start();
  proxy.http().Next(Answer(407, "no", {{"Proxy-Authenticate", "Basic realm=\"x\""}}));
  ExpectProxyFailed("407 (it wants credentials");
  proxy.http().Next(Answer(403, "no"));
  ExpectProxyFailed("403");
  proxy.http().Next(Answer(502, "no"));
  ExpectProxyFailed("502 (it could not reach the target)");
  proxy.http().Next(GarbageHead());
  ExpectProxyFailed("not HTTP");
  proxy.http().Next(CloseBeforeHead());
  ExpectProxyFailed("closed the connection");
  proxy.http().Next(ResetBeforeHead());
  ExpectProxyFailed("closed the connection");
  proxy.http().Next(Raw("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"));
  ExpectProxyFailed("sent more than its answer");
  proxy.http().Next(Raw("HTTP/1.1 200 OK\r\nx: " + std::string(20'000, 'x')));
  ExpectProxyFailed("CONNECT");
  EXPECT_EQ(fake.connections_accepted(), 0U);
}

TEST_F(ProxyTest, AProxyThatIsSilentOrGoneIsItsFault) {
  FakeUpstream fake(Tls());
  settings::UpstreamSettings& upstream = AddTls("only", fake);
  upstream.timeouts.connect = std::chrono::milliseconds(100);
  Start();
  proxy.http().Next(Hang());
  ExpectProxyFailed("no answer to CONNECT in time");
  proxy.http().Stop();
  ExpectProxyFailed("Connection refused");
}

TEST_F(ProxyTest, A407ToARequestInAbsoluteFormIsTheProxys) {
  FakeUpstream fake;
  AddPlain("only", fake);
  Start();
  proxy.http().Next(Answer(407, "no", {{"Proxy-Authenticate", "Basic realm=\"x\""}}));
  ExpectProxyFailed("407");
  proxy.http().Stop();
  ExpectProxyFailed("Connection refused");
}

TEST_F(ProxyTest, AnUpstreamBehindATunnelAnswersForItself) {
  FakeUpstream fake({.tls = ca.Issue(CertificateKind::kWrongName)});
  AddTls("only", fake);
  Start();
  const HttpAnswer answer = Chat();
  EXPECT_EQ(ErrorField(answer.body, "code"), "upstream_tls_failed");
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->attempts.at(0).outcome, "tls_failed");
}

TEST_F(ProxyTest, TheNextUpstreamStandsInForAProxyThatFails) {
  FakeUpstream fake(Tls());
  FakeUpstream direct;
  AddTls("first", fake);
  AddUpstream("second", direct);
  Start();
  proxy.http().Next(Answer(407, "no"));
  EXPECT_EQ(Chat().status, 200);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 2U);
  EXPECT_EQ(record->attempts[0].outcome, "proxy_failed");
}

TEST_F(ProxyTest, IsNotAskedForAGuardedAddress) {
  FakeUpstream fake;
  settings::UpstreamSettings& upstream = AddPlain("only", fake);
  upstream.endpoint.host = "::ffff:169.254.169.254";
  Start();
  EXPECT_EQ(ErrorField(Chat().body, "code"), "address_refused");
  EXPECT_TRUE(proxy.http().requests().empty());
}

}  // namespace
}  // namespace llmgw::test

// Which requests may switch protocols, what their upstream sees of them, and what an answer other
// than 101 means.
#include <csignal>

#include "tests/integration/gateway/tunnel_fixture.h"

namespace llmgw::test {
namespace {

class TunnelHandshakeTest : public TunnelTest {
 protected:
  // What the upstream gets of a handshake.
  std::string Received(const HttpRequest& request) {
    Connection client = Connect();
    EXPECT_TRUE(client.Write(Print(request)));
    return raw.Accept().TakeThrough("\r\n\r\n");
  }
  void ExpectRefused(const HttpRequest& request, int status, const std::string& code) {
    Connection client = Connect();
    const HttpAnswer answer = Exchange(client, request);
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(ErrorField(answer.body, "code"), code);
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->reason, code);
    EXPECT_TRUE(record->attempts.empty());
  }
  static bool Has(const std::string& head, const std::string& line) {
    return head.find("\r\n" + line + "\r\n") != std::string::npos;
  }
};

TEST_F(TunnelHandshakeTest, PassesAsItCameWithTheUpstreamsCredential) {
  AddRaw("only");
  Start();
  const Headers own = {{"Sec-WebSocket-Protocol", "realtime,  openai-beta.realtime-v1"},
                       {"Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"},
                       {"Origin", "https://app.example"},
                       {"OpenAI-Beta", "realtime=v1"}};
  Headers headers = own;
  headers.emplace_back("Authorization", std::string("Bearer ") + kKey);
  headers.emplace_back("Cookie", "session=secret");
  const HttpRequest request = Handshake(headers);
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print(request)));
  Connection upstream = raw.Accept();
  const std::string head = upstream.TakeThrough("\r\n\r\n");
  EXPECT_TRUE(head.starts_with(std::string("GET ") + kTarget + " HTTP/1.1\r\n")) << head;
  for (const auto& [name, value] : own) EXPECT_TRUE(Has(head, name + ": " + value)) << head;
  EXPECT_TRUE(Has(head, std::string("Sec-WebSocket-Key: ") + kWebSocketKey));
  EXPECT_TRUE(Has(head, "Sec-WebSocket-Version: 13"));
  EXPECT_TRUE(Has(head, "upgrade: websocket"));
  EXPECT_TRUE(Has(head, "connection: upgrade"));
  EXPECT_TRUE(Has(head, "authorization: Bearer sk-upstream-only"));
  EXPECT_EQ(head.find(kKey), std::string::npos);
  EXPECT_EQ(head.find("session=secret"), std::string::npos);

  const Headers answered = {{"Sec-WebSocket-Accept", AcceptFor(kWebSocketKey)},
                            {"Sec-WebSocket-Protocol", "realtime"},
                            {"Sec-WebSocket-Extensions", "permessage-deflate"},
                            {"Set-Cookie", "a=b"},
                            {"x-request-id", "theirs"}};
  ASSERT_TRUE(upstream.Write("HTTP/1.1 103 Early Hints\r\n\r\n" + Granted("websocket", answered)));
  Message answer = ReadHead(client);
  EXPECT_EQ(answer.start_line, "HTTP/1.1 101 Switching Protocols");
  for (const auto& [name, value] : answered) EXPECT_EQ(answer.Header(name), value);
  EXPECT_EQ(answer.Header("upgrade"), "websocket");
  EXPECT_EQ(answer.Header("connection"), "upgrade");
  EXPECT_EQ(CountHeader(answer.headers, "connection"), 1U);
  EXPECT_TRUE(answer.Header("x-llmgw-request-id").starts_with("req_"));
  EXPECT_EQ(CountHeader(answer.headers, "content-length"), 0U);
  EXPECT_EQ(CountHeader(answer.headers, "transfer-encoding"), 0U);
}

TEST_F(TunnelHandshakeTest, AKeyAmongTheSubprotocolsIsTakenAndDoesNotLeave) {
  AddRaw("only");
  Start();
  const std::string key = std::string("openai-insecure-api-key.") + kKey;
  for (const auto& [offered, left] : std::vector<std::pair<std::string, std::string>>{
           {"realtime, " + key, "realtime"},
           {"realtime," + key + ",openai-beta.realtime-v1", "realtime, openai-beta.realtime-v1"},
           {"x\r\nsec-websocket-protocol: " + key, "x"},
           {"realtime, " + key + ", openai-insecure-api-key.other", "realtime"},
           {key, ""}}) {
    const std::string head = Received(Handshake({{"Sec-WebSocket-Protocol", offered}}));
    EXPECT_TRUE(Has(head, "authorization: Bearer sk-upstream-only")) << head;
    EXPECT_EQ(head.find("insecure"), std::string::npos) << head;
    EXPECT_EQ(head.find(kKey), std::string::npos) << head;
    EXPECT_EQ(left.empty(), head.find("Sec-WebSocket-Protocol") == std::string::npos) << head;
    if (!left.empty()) {
      EXPECT_TRUE(Has(head, "Sec-WebSocket-Protocol: " + left)) << head;
    }
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->key_id, "key_test");
  }
  ExpectRefused(Handshake({{"Sec-WebSocket-Protocol", "openai-insecure-api-key.wrong"}}), 401,
                "invalid_api_key");
}

TEST_F(TunnelHandshakeTest, TheGatewaysKeyNeverPassesThrough) {
  AddRaw("only").credential_mode = settings::CredentialMode::kPassthrough;
  AddRoute("open", "/open").auth = settings::AuthMode::kOpen;
  Start();
  const std::string mine = std::string("openai-insecure-api-key.") + kKey;
  // Known by the header: their own key among the subprotocols passes, the gateway's does not.
  std::string head =
      Received(Handshake({{"Authorization", std::string("Bearer ") + kKey},
                          {"Sec-WebSocket-Protocol", "openai-insecure-api-key.theirs, " + mine}}));
  EXPECT_TRUE(Has(head, "Sec-WebSocket-Protocol: openai-insecure-api-key.theirs")) << head;
  EXPECT_EQ(head.find(kKey), std::string::npos) << head;
  // Known by the subprotocol: their own key in the header passes, the gateway's does not.
  head = Received(
      Handshake({{"Authorization", "Bearer theirs"}, {"Sec-WebSocket-Protocol", "a, " + mine}}));
  EXPECT_TRUE(Has(head, "Authorization: Bearer theirs")) << head;
  EXPECT_TRUE(Has(head, "Sec-WebSocket-Protocol: a")) << head;
  head = Received(
      Handshake({{"x-api-key", "no-key"}, {"Sec-WebSocket-Protocol", mine}, {"api-key", kKey}}));
  EXPECT_EQ(head.find(kKey), std::string::npos) << head;
  // Nobody asked who it is: all of it is the upstream's.
  head = Received(Handshake({{"Sec-WebSocket-Protocol", "a,openai-insecure-api-key.theirs"}},
                            "/open/realtime?model=x"));
  EXPECT_TRUE(Has(head, "Sec-WebSocket-Protocol: a,openai-insecure-api-key.theirs")) << head;
}

TEST_F(TunnelHandshakeTest, MinimalHeadersHaveThoseOfTheHandshake) {
  AddRaw("only").headers = settings::HeaderPolicy::kMinimal;
  Start();
  const std::string head =
      Received(Handshake({{"Authorization", kKey}, {"X-Other", "1"}, {"Origin", "null"}}));
  EXPECT_TRUE(Has(head, std::string("Sec-WebSocket-Key: ") + kWebSocketKey)) << head;
  EXPECT_TRUE(Has(head, "upgrade: websocket")) << head;
  EXPECT_EQ(head.find("X-Other"), std::string::npos);
  EXPECT_EQ(head.find("Origin"), std::string::npos);
}

TEST_F(TunnelHandshakeTest, AnyProtocolIsAskedForAndWhatIsGrantedIsToldBack) {
  AddRaw("only");
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print({.method = "POST",
                                  .target = "/v1/sessions",
                                  .headers = {{"Authorization", kKey},
                                              {"Connection", "Upgrade"},
                                              {"Upgrade", "example/2, Other"},
                                              {"Content-Length", "0"}},
                                  .body = {}})));
  Connection upstream = raw.Accept();
  const std::string head = upstream.TakeThrough("\r\n\r\n");
  EXPECT_TRUE(Has(head, "upgrade: example/2, Other")) << head;
  ASSERT_TRUE(upstream.Write(Granted("other")));
  EXPECT_NE(client.TakeThrough("\r\n\r\n").find("\r\nupgrade: other\r\n"), std::string::npos);
  ExpectPasses(client, upstream, std::string("\0\xff raw", 6));
}

// Each is forwarded as a plain request.
TEST_F(TunnelHandshakeTest, WhatMayNotSwitchIsForwardedWithoutAsking) {
  AddUpstream("only", fake);
  Start();
  const std::string websocket = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  for (const auto& [line, headers, body] : std::vector<std::array<std::string, 3>>{
           {"GET /v1/a HTTP/1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", ""},
           {"GET /v1/b HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket, H2C\r\n", ""},
           {"GET /v1/c HTTP/1.1", "Connection: Upgrade\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n", ""},
           {"GET /v1/d HTTP/1.1", "Upgrade: websocket\r\n", ""},
           {"GET /v1/e HTTP/1.0", websocket, ""},
           {"POST /v1/f HTTP/1.1", websocket + "Content-Length: 2\r\n", "{}"},
           {"GET /v1/g HTTP/1.1", websocket + "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"}}) {
    Connection client = Connect();
    ASSERT_TRUE(client.Write(line + "\r\nHost: x\r\nAuthorization: " + kKey + "\r\n" + headers +
                             "\r\n" + body));
    EXPECT_EQ(ReadAnswer(client).status, 200) << line;
    const auto request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_EQ(CountHeader(request->headers, "upgrade"), 0U) << line;
    EXPECT_EQ(CountHeader(request->headers, "connection"), 0U) << line;
  }
}

TEST_F(TunnelHandshakeTest, AnUpstreamMaySwitchOnlyToWhatWasAskedFor) {
  AddRaw("only");
  Start();
  for (const std::string& granted :
       {Granted("h2c"), std::string("HTTP/1.1 101 Sure\r\nConnection: upgrade\r\n\r\n")}) {
    Connection client = Connect();
    ASSERT_TRUE(client.Write(Print(Handshake())));
    Connection upstream = raw.Accept();
    ASSERT_NE(upstream.TakeThrough("\r\n\r\n"), "");
    ASSERT_TRUE(upstream.Write(granted));
    const HttpAnswer answer = ReadAnswer(client);
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(ErrorField(answer.body, "code"), "upstream_bad_response");
    EXPECT_TRUE(upstream.WaitForClose());
  }
}

TEST_F(TunnelHandshakeTest, ARefusalIsRelayedAndTheConnectionGoesOn) {
  AddUpstream("only", fake);
  Start();
  Connection client = Connect();
  fake.Next(AnswerJson(401, R"({"error":{"message":"not you"}})", {{"X-Theirs", "1"}}));
  const HttpAnswer refused = Exchange(client, Handshake());
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.Header("x-theirs"), "1");
  EXPECT_EQ(refused.body, R"({"error":{"message":"not you"}})");
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "upstream_error");
  fake.Next(AnswerChunks(200, {"plain", " answer"}));
  EXPECT_EQ(Exchange(client, Handshake()).body, "plain answer");
  EXPECT_EQ(Exchange(client, {.method = "GET",
                              .target = "/v1/models",
                              .headers = {{"Authorization", kKey}},
                              .body = {}})
                .status,
            200);
}

TEST_F(TunnelHandshakeTest, UpstreamsAreTriedUntilOneSwitches) {
  FakeUpstream gone;
  AddUpstream("gone", gone);
  gone.Stop();
  AddUpstream("failing", fake);
  AddRaw("last");
  Start();
  fake.FailNext(1, 503);
  Ends ends = OpenWebSocket();
  ExpectPasses(ends.upstream, ends.client, PrintFrame({.opcode = Opcode::kText, .payload = "hi"}));
  ends.upstream.Close();
  ends.client.Close();
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->upstream, "last");
  ASSERT_EQ(record->attempts.size(), 3U);
  EXPECT_EQ(record->attempts[0].outcome, "connect_failed");
  EXPECT_EQ(record->attempts[1].outcome, "refused");
  EXPECT_EQ(record->attempts[1].status, 503);
  EXPECT_EQ(record->attempts[2].status, 101);
}

TEST_F(TunnelHandshakeTest, AKeptConnectionMayBeSwitchedAndIsNotKeptAgain) {
  AddUpstream("only", fake);
  Start();
  EXPECT_EQ(Chat().status, 200);
  for (int i = 0; i < 2; ++i) {
    fake.Next(SwitchToWebSocket(kWebSocketKey, "", [](Connection& upstream) {
      (void)upstream.Write(PrintFrame({.opcode = Opcode::kClose, .payload = ClosePayload(1000)}));
    }));
    Connection client = Connect();
    ASSERT_TRUE(client.Write(Print(Handshake())));
    EXPECT_TRUE(client.TakeThrough("\r\n\r\n").starts_with("HTTP/1.1 101"));
    EXPECT_TRUE(client.WaitForClose());
  }
  EXPECT_EQ(fake.connections_accepted(), 2U);
}

TEST_F(TunnelHandshakeTest, TheModelOfTheQueryDecides) {
  AddRaw("only").models = {{}, {"gpt-4*"}};
  AddKey("key_mini", "mini").models = {{"gpt-realtime*", "/v1/realtime/calls"}, {}};
  AddKey("key_deny", "deny").models = {{}, {"gpt-realtime-2"}};
  Start();
  const auto as = [](const std::string& token, const std::string& target) {
    return Handshake({{"Authorization", "Bearer " + token}}, target);
  };
  ExpectRefused(as("mini", "/v1/realtime?model=o3"), 403, "model_not_allowed");
  ExpectRefused(as("mini", "/v1/realtime"), 403, "model_not_allowed");
  ExpectRefused(as("deny", "/v1/realtime?model=gpt-realtime-2"), 403, "model_not_allowed");
  ExpectRefused(as("deny", "/v1/realtime?model=gpt-realtime%2D2"), 403, "model_not_allowed");
  // The session may name one in its frames.
  ExpectRefused(as("deny", "/v1/realtime?intent=transcription"), 403, "model_not_allowed");
  ExpectRefused(as(kKey, "/v1/realtime?model=gpt-4o"), 404, "model_not_found");
  ExpectRefused(as(kKey, "/v1/realtime?model=a&model=b"), 400, "duplicate_model");
  ExpectRefused(as(kKey, "/v1/realtime?model=a&Model=b"), 400, "duplicate_model");
  ExpectRefused(as(kKey, "/v1/realtime?model=%zz"), 400, "model_invalid");
  ExpectRefused(as("wrong", kTarget), 401, "invalid_api_key");
  ExpectRefused(Handshake({}), 401, "missing_api_key");
  for (const auto& [token, target, model] : std::vector<std::array<std::string, 3>>{
           {"mini", kTarget, "gpt-realtime"},
           {"mini", "/v1/realtime?model=gpt%2Drealtime-mini", "gpt-realtime-mini"},
           {"deny", kTarget, "gpt-realtime"},
           {kKey, "/v1/realtime/calls?call_id=1", "/v1/realtime/calls"}}) {
    if (target.find("calls") != std::string::npos) {
      // This upstream has a deny list too.
      ExpectRefused(as(token, target), 404, "model_not_found");
      continue;
    }
    EXPECT_NE(Received(as(token, target)), "") << target;
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->model_asked, model);
    EXPECT_EQ(record->path, "/v1/realtime");
  }
}

TEST_F(TunnelHandshakeTest, TheMockAnswersItAsARequest) {
  AddMock("mock");
  Start();
  Connection client = Connect();
  EXPECT_EQ(Exchange(client, Handshake()).status, 404);
}

}  // namespace
}  // namespace llmgw::test

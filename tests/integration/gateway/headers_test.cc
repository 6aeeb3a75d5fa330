// What of a head passes in either direction, and where a path goes.
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using settings::CredentialMode;

class HeadersTest : public GatewayTest {
 protected:
  // Sends a GET with the key and these headers; what the upstream got.
  ReceivedRequest Sent(const std::string& target, Headers headers = {}) {
    headers.emplace_back("Authorization", kKey);
    EXPECT_EQ(Get(address(), target, std::move(headers)).status, 200) << target;
    return fake.WaitForRequest().value_or(ReceivedRequest{});
  }
  // What the client gets when the upstream answers with these headers.
  HttpAnswer Received(const Headers& headers, Headers request_headers = {}) {
    fake.Next(AnswerJson(200, "{}", headers));
    request_headers.emplace_back("Authorization", kKey);
    return Get(address(), "/v1/models", std::move(request_headers));
  }

  FakeUpstream fake;
};

TEST_F(HeadersTest, HopByHopHeadersStayOnTheirHop) {
  AddUpstream("one", fake);
  Start();
  const Headers hop_by_hop = {{"Connection", "X-Named, keep-alive"},
                              {"connection", "x-other"},
                              {"Keep-Alive", "timeout=5"},
                              {"Proxy-Connection", "keep-alive"},
                              {"Proxy-Authorization", "Basic eDp5"},
                              {"Proxy-Authenticate", "Basic"},
                              {"TE", "trailers"},
                              {"Trailer", "X-T"},
                              {"Upgrade", "h2c"},
                              {"x-named", "1"},
                              {"X-OTHER", "2"}};
  const ReceivedRequest request = Sent("/v1/models", hop_by_hop);
  const HttpAnswer answer = Received(hop_by_hop);
  EXPECT_EQ(answer.status, 200);
  for (const auto& [name, value] : hop_by_hop) {
    EXPECT_EQ(CountHeader(request.headers, name), 0U) << name;
    if (!EqualsIgnoringCase(name, "connection")) {
      EXPECT_EQ(CountHeader(answer.headers, name), 0U) << name;
    }
  }
  EXPECT_EQ(answer.Header("connection"), "close");  // the client's own wish
}

// A client that names end-to-end headers away must not be able to name away what frames the
// message.
TEST_F(HeadersTest, ConnectionCannotNameTheFramingAway) {
  AddUpstream("one", fake);
  Start();
  const HttpAnswer answer =
      Request(address(), {.method = "POST",
                          .target = "/v1/x",
                          .headers = {{"Authorization", kKey},
                                      {"Connection", "close, content-length, host, authorization"}},
                          .body = "12345"});
  EXPECT_EQ(answer.status, 200);
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body, "12345");
  EXPECT_EQ(request->Header("host"), fake.address());
  EXPECT_EQ(request->Header("authorization"), "Bearer sk-upstream-one");
}

TEST_F(HeadersTest, EndToEndHeadersPassInOrderAsWritten) {
  AddUpstream("one", fake);
  Start();
  const Headers end_to_end = {{"X-Repeated", "1"},         {"OpenAI-Organization", "org-1"},
                              {"X-REPEATED", "2"},         {"x-empty", ""},
                              {"x-repeated", "3,  4"},     {"User-Agent", "sdk/1 (x; y)"},
                              {"Accept", "*/*"},           {"Forwarded", "for=1.2.3.4"},
                              {"X-Utf8", "caf\xc3\xa9"},   {"X-Request-Id", "theirs"},
                              {"traceparent", "00-1-2-01"}};
  const auto passed = [](const Headers& headers) {
    Headers mine;
    for (const auto& header : headers) {
      for (const char* name : {"x-repeated", "openai-organization", "x-empty", "user-agent",
                               "accept", "forwarded", "x-utf8", "x-request-id", "traceparent"}) {
        if (EqualsIgnoringCase(header.first, name)) mine.push_back(header);
      }
    }
    return mine;
  };
  EXPECT_EQ(passed(Sent("/v1/models", end_to_end).headers), end_to_end);
  EXPECT_EQ(passed(Received(end_to_end).headers), end_to_end);
}

TEST_F(HeadersTest, TheUpstreamSeesNoCredentialCookieOrCodingOfTheClient) {
  AddUpstream("one", fake);
  AddKey("key_other", "other-key");
  Start();
  for (const char* name : {"Authorization", "x-api-key", "API-Key"}) {
    const HttpAnswer answer = Get(address(), "/v1/models",
                                  {{name, std::string(kKey)},
                                   {"X-Api-Key", "other-key"},
                                   {"Cookie", "session=secret"},
                                   {"cookie", "b=c"},
                                   {"Accept-Encoding", "gzip, br"},
                                   {"Expect", "100-continue"}});
    EXPECT_EQ(answer.status, 200) << name;
    const auto request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->raw_head.find("-key"), std::string::npos) << request->raw_head;
    EXPECT_EQ(request->raw_head.find("session"), std::string::npos);
    EXPECT_EQ(CountHeader(request->headers, "authorization"), 1U);
    EXPECT_EQ(request->Header("authorization"), "Bearer sk-upstream-one");
    for (const char* gone : {"x-api-key", "api-key", "cookie", "accept-encoding", "expect"}) {
      EXPECT_EQ(CountHeader(request->headers, gone), 0U) << gone;
    }
  }
}

TEST_F(HeadersTest, MinimalHeadersAreContentTypeAndAccept) {
  AddUpstream("one", fake).headers = settings::HeaderPolicy::kMinimal;
  Start();
  const HttpAnswer answer = Request(address(), {.method = "POST",
                                                .target = "/v1/x",
                                                .headers = {{"Authorization", kKey},
                                                            {"Content-Type", "application/json"},
                                                            {"Accept", "text/event-stream"},
                                                            {"User-Agent", "sdk"},
                                                            {"OpenAI-Organization", "org-1"}},
                                                .body = "{}"});
  EXPECT_EQ(answer.status, 200);
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->headers, (Headers{{"host", fake.address()},
                                       {"Content-Type", "application/json"},
                                       {"Accept", "text/event-stream"},
                                       {"authorization", "Bearer sk-upstream-one"},
                                       {"content-length", "2"}}));
}

TEST_F(HeadersTest, PassthroughSendsTheClientsOwnTokenButNeverOurKey) {
  AddUpstream("one", fake).credential_mode = CredentialMode::kPassthrough;
  Start();
  // Our key in one header, the provider's token in another.
  EXPECT_EQ(Get(address(), "/v1/a",
                {{"x-api-key", kKey}, {"Authorization", "Bearer sk-theirs"}, {"Cookie", "a=b"}})
                .status,
            200);
  auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->Header("authorization"), "Bearer sk-theirs");
  EXPECT_EQ(request->raw_head.find(kKey), std::string::npos);
  EXPECT_EQ(CountHeader(request->headers, "cookie"), 0U);
  // The same key twice is still our key.
  EXPECT_EQ(
      Get(address(), "/v1/a",
          {{"x-api-key", kKey}, {"Authorization", std::string("Bearer ") + kKey}, {"api-key", "t"}})
          .status,
      200);
  request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->raw_head.find(kKey), std::string::npos) << request->raw_head;
  EXPECT_EQ(request->Header("api-key"), "t");
}

TEST_F(HeadersTest, PassthroughOnAnOpenRouteSendsWhatTheClientSent) {
  AddUpstream("one", fake).credential_mode = CredentialMode::kPassthrough;
  route().auth = settings::AuthMode::kOpen;
  Start();
  EXPECT_EQ(
      Get(address(), "/v1/a", {{"authorization", "Bearer sk-theirs"}, {"API-KEY", "k"}}).status,
      200);
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->Header("authorization"), "Bearer sk-theirs");
  EXPECT_EQ(request->Header("api-key"), "k");
}

TEST_F(HeadersTest, CredentialNoneSendsNone) {
  AddUpstream("one", fake).credential_mode = CredentialMode::kNone;
  Start();
  const ReceivedRequest request = Sent("/v1/a", {{"x-api-key", "x"}});
  EXPECT_EQ(CountHeader(request.headers, "authorization"), 0U);
  EXPECT_EQ(CountHeader(request.headers, "x-api-key"), 0U);
}

TEST_F(HeadersTest, SeveralCredentialsTakeTurns) {
  settings::UpstreamSettings& upstream = AddUpstream("one", fake);
  upstream.credentials.clear();
  for (const char* id : {"a", "b", "c"}) {
    upstream.credentials.push_back({id, SecretString(std::string("sk-") + id)});
  }
  Start();
  std::string turns;
  for (int i = 0; i < 6; ++i) turns += Sent("/v1/x").Header("authorization").back();
  EXPECT_EQ(turns, "abcabc");
  std::string recorded;
  for (int i = 0; i < 6; ++i) recorded += records.Wait()->attempts.at(0).credential_id;
  EXPECT_EQ(recorded, turns);
}

TEST_F(HeadersTest, EveryAnswerCarriesOneRequestId) {
  AddUpstream("one", fake);
  Start();
  // As another gateway of this kind behind us would send it.
  const HttpAnswer relayed =
      Received({{"X-LLMGW-Request-Id", "req_other"}, {"x-request-id", "up"}});
  EXPECT_EQ(CountHeader(relayed.headers, "x-llmgw-request-id"), 1U);
  EXPECT_EQ(relayed.Header("x-llmgw-request-id"), records.Wait()->request_id);
  EXPECT_EQ(relayed.Header("x-request-id"), "up");
  const HttpAnswer refused = Get(address(), "/v1/models");
  EXPECT_EQ(refused.Header("x-llmgw-request-id"), records.Wait()->request_id);
  EXPECT_EQ(refused.Header("x-request-id"), refused.Header("x-llmgw-request-id"));
}

TEST_F(HeadersTest, CorsIsTheGatewaysOwnAndNeverDoubled) {
  AddUpstream("one", fake);
  Start();
  const HttpAnswer answer = Received({{"Access-Control-Allow-Origin", "https://upstream.test"},
                                      {"access-control-allow-credentials", "true"},
                                      {"Access-Control-Expose-Headers", "x"}});
  EXPECT_EQ(CountHeader(answer.headers, "access-control-allow-origin"), 1U);
  EXPECT_EQ(answer.Header("access-control-allow-origin"), "*");
  EXPECT_EQ(CountHeader(answer.headers, "access-control-expose-headers"), 1U);
  EXPECT_EQ(CountHeader(answer.headers, "access-control-allow-credentials"), 0U);
  // A browser may read the gateway's errors too.
  EXPECT_EQ(Get(address(), "/v1/models").Header("access-control-allow-origin"), "*");
}

TEST_F(HeadersTest, CorsOffLeavesItToTheUpstream) {
  AddUpstream("one", fake);
  route().cors.enabled = false;
  Start();
  const HttpAnswer answer = Received({{"Access-Control-Allow-Origin", "https://upstream.test"}});
  EXPECT_EQ(answer.Header("access-control-allow-origin"), "https://upstream.test");
  ASSERT_TRUE(fake.WaitForRequest());
  const HttpAnswer options = Request(
      address(),
      {.method = "OPTIONS", .target = "/v1/x", .headers = {{"Authorization", kKey}}, .body = {}});
  EXPECT_EQ(options.status, 200);
  EXPECT_EQ(fake.WaitForRequest()->method, "OPTIONS");
  EXPECT_EQ(Request(address(), {.method = "OPTIONS", .target = "/v1/x", .headers = {}, .body = {}})
                .status,
            401);
}

TEST_F(HeadersTest, APreflightIsAnsweredWithoutCredential) {
  AddUpstream("one", fake);
  Start();
  const HttpAnswer answer = Request(
      address(), {.method = "OPTIONS",
                  .target = "/v1/chat/completions",
                  .headers = {{"Origin", "https://app.test"},
                              {"Access-Control-Request-Method", "POST"},
                              {"Access-Control-Request-Headers", "authorization,x-stainless"}},
                  .body = {}});
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.Header("access-control-allow-origin"), "*");
  EXPECT_EQ(answer.Header("access-control-allow-headers"), "authorization,x-stainless");
  EXPECT_NE(answer.Header("access-control-allow-methods").find("DELETE"), std::string::npos);
  EXPECT_EQ(CountHeader(answer.headers, "content-length"), 0U);
  EXPECT_TRUE(fake.requests().empty());
  EXPECT_EQ(records.Wait()->status, 204);
}

TEST_F(HeadersTest, OnlyListedOriginsMayRead) {
  AddUpstream("one", fake);
  route().cors.any_origin = false;
  route().cors.origins = {"https://a.test", "https://b.test"};
  Start();
  const HttpAnswer allowed = Received({}, {{"Origin", "https://b.test"}});
  EXPECT_EQ(allowed.Header("access-control-allow-origin"), "https://b.test");
  EXPECT_EQ(allowed.Header("vary"), "origin");
  for (const char* origin : {"https://c.test", "https://a.test.evil.test", "null", "*"}) {
    const HttpAnswer refused =
        Received({{"Access-Control-Allow-Origin", "*"}}, {{"Origin", origin}});
    EXPECT_EQ(refused.status, 200);
    EXPECT_EQ(CountHeader(refused.headers, "access-control-allow-origin"), 0U) << origin;
    EXPECT_EQ(refused.Header("vary"), "origin");
  }
}

TEST_F(HeadersTest, PathsAreJoinedWithTheVersionGivenOnce) {
  struct Case {
    const char* prefix;
    const char* base;
    const char* target;
    const char* upstream;
  };
  const Case cases[] = {
      {"/v1", "/v1", "/v1/models", "/v1/models"},
      {"/v1", "", "/v1/models", "/v1/models"},
      {"/v1", "/v2", "/v1/models", "/v2/models"},
      {"/v1", "/openai/v1", "/v1/models", "/openai/v1/models"},
      {"/", "/v1", "/v1/models", "/v1/models"},
      {"/", "", "/v1/models", "/v1/models"},
      {"/", "/v1", "/models", "/v1/models"},
      {"/azure", "/a/b", "/azure/x", "/a/b/x"},
      {"/azure", "/v1", "/azure/v1/x", "/v1/x"},
      {"/azure", "", "/azure", "/"},
      {"/team/v1", "", "/team/v1/x", "/v1/x"},
      {"/v1", "/v1", "/v1", "/v1"},
      {"/v1", "/v1", "/v1/", "/v1/"},
      {"/v1", "/v1", "/v1/models?a=b%20c&d=/../x?", "/v1/models?a=b%20c&d=/../x?"},
      {"/v1", "/v1", "/v1?x", "/v1?x"},
      {"/v1", "/v1", "/v1/a%2Fb%41//c;d=1/~'()*!$,@:", "/v1/a%2Fb%41//c;d=1/~'()*!$,@:"},
      {"/v1", "/v1", "/v1/v10/x", "/v1/v10/x"},
      {"/v1", "/v1", "/v1/a..b/...", "/v1/a..b/..."},
  };
  settings::UpstreamSettings& upstream = AddUpstream("one", fake);
  Start();
  for (const Case& join : cases) {
    upstream.endpoint.base_path = join.base;
    route().prefix = join.prefix;
    Apply();
    EXPECT_EQ(Sent(join.target).target, join.upstream)
        << join.prefix << " " << join.base << " " << join.target;
  }
}

TEST_F(HeadersTest, TheLongestPrefixOnASegmentBoundaryWins) {
  AddUpstream("one", fake);
  AddRoute("openai", "/v1/openai");
  AddRoute("all", "/");
  Start();
  const auto route_of = [this](const std::string& target) {
    EXPECT_EQ(Get(address(), target, {{"Authorization", kKey}}).status, 200) << target;
    return records.Wait()->route;
  };
  EXPECT_EQ(route_of("/v1/openai/x"), "openai");
  EXPECT_EQ(route_of("/v1/openai?x"), "openai");
  EXPECT_EQ(route_of("/v1/openaix"), "default");
  EXPECT_EQ(route_of("/v1"), "default");
  EXPECT_EQ(route_of("/v10/x"), "all");
  EXPECT_EQ(route_of("/V1/x"), "all");
  EXPECT_EQ(route_of("/%761/x"), "all");
  EXPECT_EQ(route_of("//v1/x"), "all");
  EXPECT_EQ(route_of("/"), "all");
}

TEST_F(HeadersTest, APathWithoutRouteIsNotFound) {
  AddUpstream("one", fake);
  Start();
  for (const char* target :
       {"/", "/v10/models", "/v", "/V1/models", "//v1/models", "/v1%2Fmodels"}) {
    const HttpAnswer answer = Get(address(), target, {{"Authorization", kKey}});
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(ErrorField(answer.body, "code"), "no_route");
  }
  EXPECT_TRUE(fake.requests().empty());
}

TEST_F(HeadersTest, AHostOfItsOwnBeatsAnyPrefix) {
  AddUpstream("one", fake);
  AddRoute("tenant", "/v1").host = "Tenant.Test";
  AddRoute("long", "/v1/chat");
  Start();
  const auto route_of = [this](const std::string& host, const std::string& target) {
    EXPECT_EQ(Get(address(), target, {{"Host", host}, {"Authorization", kKey}}).status, 200)
        << host;
    return records.Wait()->route;
  };
  EXPECT_EQ(route_of("tenant.test", "/v1/chat/x"), "tenant");
  EXPECT_EQ(route_of("TENANT.test:8080", "/v1/chat/x"), "tenant");
  EXPECT_EQ(route_of("x.tenant.test", "/v1/chat/x"), "long");
  EXPECT_EQ(route_of("tenant.testx", "/v1/x"), "default");
  EXPECT_EQ(route_of("[::1]:80", "/v1/x"), "default");
  // RFC 9112 3.2.2: with the absolute form the target's host counts, not the Host header.
  EXPECT_EQ(route_of("other.test", "http://tenant.test:80/v1/x"), "tenant");
  EXPECT_EQ(route_of("tenant.test", "http://other.test/v1/x"), "default");
}

TEST_F(HeadersTest, AnyMethodPassesWithItsBody) {
  AddUpstream("one", fake);
  Start();
  Connection client = Connect();
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "M-SEARCH"}) {
    for (const char* body : {"", "with a body"}) {
      const HttpAnswer answer = Exchange(client, {.method = method,
                                                  .target = "/v1/files/1",
                                                  .headers = {{"Authorization", kKey}},
                                                  .body = body});
      EXPECT_EQ(answer.status, 200) << method;
      const auto request = fake.WaitForRequest();
      ASSERT_TRUE(request);
      EXPECT_EQ(request->method, method);
      EXPECT_EQ(request->body, body);
      EXPECT_EQ(CountHeader(request->headers, "transfer-encoding"), 0U);
    }
  }
}

TEST_F(HeadersTest, StatusesPassAsTheyAre) {
  AddUpstream("one", fake);
  Start();
  for (const int status : {201, 202, 206, 301, 307, 400, 404, 409, 418, 422, 500, 503, 599}) {
    fake.Next(Raw("HTTP/1.1 " + std::to_string(status) + " Own Words\r\nContent-Length: 2\r\n" +
                  "Location: /else\r\nRetry-After: 7\r\n\r\nhi"));
    const HttpAnswer answer = Get(address(), "/v1/x", {{"Authorization", kKey}});
    EXPECT_EQ(answer.status, status);
    EXPECT_TRUE(
        answer.raw_head.starts_with("HTTP/1.1 " + std::to_string(status) + " Own Words\r\n"));
    EXPECT_EQ(answer.Header("location"), "/else");
    EXPECT_EQ(answer.Header("retry-after"), "7");
    EXPECT_EQ(answer.body, "hi");
  }
}

}  // namespace
}  // namespace llmgw::test

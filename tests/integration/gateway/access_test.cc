// Who may use what: keys, routes, upstreams, models; and what a refusal says.
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

class AccessTest : public GatewayTest {
 protected:
  AccessTest() {
    fake.Handle([](const ReceivedRequest&) { return AnswerJson(200, "{}"); });
    other.Handle([](const ReceivedRequest&) { return AnswerJson(200, "{}"); });
  }

  void ExpectRefused(const HttpAnswer& answer, int status, const std::string& code,
                     const std::string& type) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(ErrorField(answer.body, "code"), code);
    EXPECT_EQ(ErrorField(answer.body, "type"), type);
    EXPECT_EQ(ErrorField(answer.body, "fault"), "client");
    EXPECT_EQ(answer.Header("x-llmgw-reason"), code);
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->status, status);
    EXPECT_EQ(record->reason, code);
    EXPECT_EQ(record->fault, model::Fault::kClient);
    EXPECT_TRUE(record->attempts.empty());
  }
  void ExpectUnauthorized(const HttpAnswer& answer, const std::string& code) {
    ExpectRefused(answer, 401, code, "authentication_error");
    EXPECT_EQ(answer.Header("www-authenticate"), "Bearer");
  }
  HttpAnswer ChatFor(const std::string& model, const std::string& token = kKey) {
    return Chat(R"({"messages":[],"model":")" + model + "\"}", token);
  }
  // The upstream that served, by record.
  std::string ServedBy(const HttpAnswer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto record = records.Wait();
    return record ? record->upstream : "";
  }

  FakeUpstream fake;
  FakeUpstream other;
};

TEST_F(AccessTest, WithoutAKeyNothingIsServed) {
  AddUpstream("one", fake);
  Start();
  ExpectUnauthorized(Get(address(), "/v1/models"), "missing_api_key");
  ExpectUnauthorized(Get(address(), "/v1/models", {{"Authorization", ""}}), "missing_api_key");
  ExpectUnauthorized(Get(address(), "/v1/models", {{"Authorization", "Bearer "}}),
                     "invalid_api_key");
  ExpectUnauthorized(Get(address(), "/v1/models?api_key=test-key"), "missing_api_key");
  ExpectUnauthorized(Get(address(), "/v1/models", {{"Cookie", "api-key=test-key"}}),
                     "missing_api_key");
  EXPECT_TRUE(fake.requests().empty());
}

TEST_F(AccessTest, AWrongKeyIsRefusedWithoutBeingQuoted) {
  AddUpstream("one", fake);
  Start();
  for (const char* wrong : {"Bearer wrong-secret", "wrong-secret", "Basic wrong-secret",
                            "Bearer test-key x", "Bearer test-ke", "Bearer test-keyy",
                            "Bearer TEST-KEY", "Bearer test-key,test-key", "Bearertest-key"}) {
    const HttpAnswer answer = Get(address(), "/v1/models", {{"Authorization", wrong}});
    ExpectUnauthorized(answer, "invalid_api_key");
    EXPECT_EQ((answer.raw_head + answer.body).find("wrong-secret"), std::string::npos);
  }
  EXPECT_TRUE(fake.requests().empty());
}

TEST_F(AccessTest, AKeyIsAcceptedInAnyOfItsHeadersWithOrWithoutBearer) {
  AddUpstream("one", fake);
  Start();
  for (const Headers& headers : std::vector<Headers>{
           {{"Authorization", "Bearer test-key"}},
           {{"AUTHORIZATION", "bearer test-key"}},
           {{"Authorization", "BEARER   test-key"}},
           {{"Authorization", "test-key"}},
           {{"x-api-key", "test-key"}},
           {{"X-API-Key", "Bearer test-key"}},
           {{"api-key", "test-key"}},
           {{"Authorization", "Bearer of-somebody-else"}, {"x-api-key", "test-key"}}}) {
    EXPECT_EQ(Get(address(), "/v1/models", headers).status, 200) << headers[0].second;
  }
}

TEST_F(AccessTest, RevokedAndExpiredKeysAreToldSo) {
  AddUpstream("one", fake);
  AddKey("key_revoked", "revoked").disabled = true;
  AddKey("key_expired", "expired").expires_at = system_clock::now() - hours(1);
  AddKey("key_future", "future").expires_at = system_clock::now() + hours(1);
  Start();
  ExpectUnauthorized(Chat("{}", "revoked"), "revoked_api_key");
  ExpectUnauthorized(Chat("{}", "expired"), "expired_api_key");
  EXPECT_EQ(Chat("{}", "future").status, 200);
}

TEST_F(AccessTest, ARevocationHoldsForTheNextRequestOfAnOpenConnection) {
  AddUpstream("one", fake);
  Key& key = AddKey("key_a", "a");
  Start();
  Connection client = Connect();
  const HttpRequest request{
      .method = "GET", .target = "/v1/models", .headers = {{"Authorization", "a"}}, .body = {}};
  EXPECT_EQ(Exchange(client, request).status, 200);
  key.disabled = true;
  Apply();
  EXPECT_EQ(Exchange(client, request).status, 401);
}

TEST_F(AccessTest, AKeyBoundToRoutesIsRefusedElsewhere) {
  AddUpstream("one", fake);
  AddRoute("team", "/team");
  AddKey("key_team", "team").routes = {"team"};
  AddKey("key_gone", "gone").routes = {"removed"};
  Start();
  EXPECT_EQ(Get(address(), "/team/v1/models", {{"api-key", "team"}}).status, 200);
  ASSERT_TRUE(records.Wait());
  ExpectRefused(Get(address(), "/v1/models", {{"api-key", "team"}}), 403, "route_not_allowed",
                "permission_error");
  // A key whose only route is gone may use none, not all.
  ExpectRefused(Get(address(), "/team/x", {{"api-key", "gone"}}), 403, "route_not_allowed",
                "permission_error");
}

TEST_F(AccessTest, AKeyBoundToUpstreamsUsesOnlyThese) {
  AddUpstream("one", fake);
  AddUpstream("two", other);
  AddRoute("first", "/first").upstreams = {"one"};
  AddKey("key_two", "two").upstreams = {"two"};
  Start();
  EXPECT_EQ(ServedBy(ChatFor("m", "two")), "two");
  EXPECT_TRUE(fake.requests().empty());
  ExpectRefused(Get(address(), "/first/models", {{"api-key", "two"}}), 403, "upstream_not_allowed",
                "permission_error");
}

TEST_F(AccessTest, AKeyBoundToModelsMayAskForNoOther) {
  AddUpstream("one", fake);
  AddKey("key_mini", "mini").models = {{"gpt-4o*", "o3"}, {"gpt-4o-audio*"}};
  Start();
  for (const char* model : {"gpt-4o", "gpt-4o-mini", "o3"}) {
    EXPECT_EQ(ServedBy(ChatFor(model, "mini")), "one") << model;
  }
  for (const char* model : {"gpt-4", "o3-mini", "GPT-4o", "gpt-4o-audio-preview", "", "*"}) {
    ExpectRefused(ChatFor(model, "mini"), 403, "model_not_allowed", "permission_error");
  }
  EXPECT_EQ(fake.requests().size(), 3U);
}

TEST_F(AccessTest, AnUpstreamThatDoesNotServeTheModelIsPassedOver) {
  AddUpstream("one", fake).models = {{"gpt-*"}, {"gpt-3*"}};
  AddUpstream("two", other).models = {{"claude-*", "gpt-3.5"}, {}};
  Start();
  EXPECT_EQ(ServedBy(ChatFor("gpt-4o")), "one");
  EXPECT_EQ(ServedBy(ChatFor("claude-3")), "two");
  EXPECT_EQ(ServedBy(ChatFor("gpt-3.5")), "two");
  const HttpAnswer nobody = ChatFor("llama");
  ExpectRefused(nobody, 404, "model_not_found", "invalid_request_error");
  EXPECT_EQ(ErrorField(nobody.body, "param"), "model");
  ExpectRefused(ChatFor("gpt-3"), 404, "model_not_found", "invalid_request_error");
}

TEST_F(AccessTest, AnyModelPatternAdmitsAllAndDenyWins) {
  AddUpstream("one", fake).models = {{"*"}, {}};
  AddKey("key_none", "none").models = {{}, {"*"}};
  Start();
  EXPECT_EQ(ServedBy(ChatFor("whatever")), "one");
  ExpectRefused(ChatFor("whatever", "none"), 403, "model_not_allowed", "permission_error");
}

TEST_F(AccessTest, ThePathStandsForTheModelOfARequestThatNamesNone) {
  AddUpstream("one", fake);
  AddKey("key_models", "models").models = {{"/v1/models", "/v1/files*"}, {}};
  Start();
  const Headers key = {{"api-key", "models"}};
  EXPECT_EQ(Get(address(), "/v1/models?limit=2", key).status, 200);
  EXPECT_EQ(Get(address(), "/v1/files/1/content", key).status, 200);
  EXPECT_EQ(records.Wait()->model_asked, "/v1/models");
  EXPECT_EQ(records.Wait()->model_asked, "/v1/files/1/content");
  ExpectRefused(Get(address(), "/v1/batches", key), 403, "model_not_allowed", "permission_error");
  ExpectRefused(Chat(R"({"messages":[]})", "models"), 403, "model_not_allowed", "permission_error");
}

TEST_F(AccessTest, TheModelOfAFormIsReadFromItsField) {
  AddUpstream("one", fake);
  AddKey("key_whisper", "whisper").models = {{"whisper-1"}, {}};
  Start();
  const auto transcribe = [this](const std::string& model) {
    const std::string body =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
        "Content-Type: audio/wav\r\n\r\nRIFF\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" +
        model + "\r\n--b--\r\n";
    return Request(address(), {.method = "POST",
                               .target = "/v1/audio/transcriptions",
                               .headers = {{"Authorization", "Bearer whisper"},
                                           {"Content-Type", "multipart/form-data; boundary=b"}},
                               .body = body});
  };
  EXPECT_EQ(ServedBy(transcribe("whisper-1")), "one");
  ExpectRefused(transcribe("whisper-2"), 403, "model_not_allowed", "permission_error");
}

TEST_F(AccessTest, AnEscapedModelIsTheModelItSpells) {
  AddUpstream("one", fake);
  AddKey("key_deny", "deny").models = {{}, {"gpt-4o"}};
  Start();
  for (const char* body :
       {R"({"mod\u0065l":"gpt-4o"})", R"({"model":"gpt\u002d4o"})",
        R"({"a":{"model":"x"},"model":"gpt-4o"})", "\xEF\xBB\xBF{\"model\":\"gpt-4o\"}",
        " \r\n\t{ \"model\" : \"gpt-4o\" } "}) {
    ExpectRefused(Chat(body, "deny"), 403, "model_not_allowed", "permission_error");
  }
  EXPECT_TRUE(fake.requests().empty());
}

// Two readings of one body: the upstream might take the other.
TEST_F(AccessTest, ABodyThatCanBeReadInTwoWaysIsRefused) {
  AddUpstream("one", fake);
  AddKey("key_deny", "deny").models = {{}, {"gpt-4o"}};
  Start();
  const auto refused = [this](const std::string& body, const std::string& code) {
    ExpectRefused(Chat(body, "deny"), 400, code, "invalid_request_error");
  };
  refused(R"({"model":"a","model":"gpt-4o"})", "duplicate_model");
  refused(R"({"model":"a","Model":"gpt-4o"})", "duplicate_model");
  refused(R"({"model":"a","mod\u0065l":"gpt-4o"})", "duplicate_model");
  refused(R"({"model":["gpt-4o"]})", "model_not_string");
  refused(R"({"model":"a","stream":true,"stream":false})", "duplicate_stream");
  refused(R"({"model":"a","stream":"true"})", "stream_not_bool");
  EXPECT_TRUE(fake.requests().empty());
}

// A lenient upstream may find a model where we found none, so a deny list can't be kept; without
// one the body is the upstream's to judge.
TEST_F(AccessTest, ABodyThatOnlyTheUpstreamCanReadDoesNotPassADenyList) {
  AddUpstream("one", fake);
  AddUpstream("two", other).models = {{}, {"gpt-4o"}};
  AddRoute("two", "/two").upstreams = {"two"};
  AddKey("key_deny", "deny").models = {{}, {"gpt-4o"}};
  AddKey("key_most", "most").models = {{"*"}, {"gpt-4o"}};
  AddKey("key_path", "path").models = {{"gpt-4", "/v1/chat/*"}, {"gpt-4o"}};
  Start();
  std::string little;
  std::string big;
  for (const char c : std::string(R"({"model":"gpt-4o"})")) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  for (const std::string& body :
       std::vector<std::string>{R"({"model":"gpt-4o"} {"model":"a"})", R"({"model":"gpt-4o"}x)",
                                R"({"model":"gpt-4o",})", R"({"model":"gpt-4o")",
                                R"([{"model":"gpt-4o"}])", R"({'model':'gpt-4o'})", little, big,
                                "\xFF\xFE" + little, "\xFE\xFF" + big, "model=gpt-4o"}) {
    SCOPED_TRACE(body);
    ExpectRefused(Chat(body, "deny"), 403, "model_not_allowed", "permission_error");
    ExpectRefused(Chat(body, "most"), 403, "model_not_allowed", "permission_error");
    EXPECT_EQ(ServedBy(Chat(body, "path")), "one");
    ExpectRefused(PostJson(address(), "/two/chat/completions", body, kKey), 404, "model_not_found",
                  "invalid_request_error");
    EXPECT_EQ(ServedBy(Chat(body)), "one");
    ASSERT_TRUE(fake.WaitForRequest());
    EXPECT_EQ(fake.WaitForRequest()->body, body);
  }
  EXPECT_TRUE(other.requests().empty());
}

TEST_F(AccessTest, OtherBodiesAreTheUpstreamsToRead) {
  AddUpstream("one", fake);
  Start();
  for (const auto& [type, body] : std::vector<std::pair<std::string, std::string>>{
           {"application/json", "[1,2]"},
           {"application/json", "\"text\""},
           {"text/plain", "free text"},
           {"application/octet-stream", std::string("\0\xff\xfe", 3)},
           {"application/x-www-form-urlencoded", "model=x"}}) {
    const HttpAnswer answer =
        Request(address(), {.method = "POST",
                            .target = "/v1/x",
                            .headers = {{"Authorization", kKey}, {"Content-Type", type}},
                            .body = body});
    EXPECT_EQ(answer.status, 200) << type;
    EXPECT_EQ(fake.WaitForRequest()->body, body);
  }
}

TEST_F(AccessTest, AnOpenRouteNeedsNoKey) {
  AddUpstream("one", fake);
  route().auth = settings::AuthMode::kOpen;
  Start();
  EXPECT_EQ(Get(address(), "/v1/models").status, 200);
  EXPECT_EQ(Get(address(), "/v1/models", {{"Authorization", "Bearer wrong"}}).status, 200);
  EXPECT_EQ(records.Wait()->key_id, "");
}

TEST_F(AccessTest, ARouteWithoutUpstreamsIsTheGatewaysFault) {
  Start();
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ErrorField(answer.body, "code"), "no_upstream");
  EXPECT_EQ(ErrorField(answer.body, "fault"), "gateway");
  EXPECT_EQ(ErrorField(answer.body, "type"), "server_error");
  EXPECT_EQ(answer.Header("retry-after"), "5");
}

TEST_F(AccessTest, NoSecretIsEverInAnAnswerOrRecord) {
  AddUpstream("one", fake);
  AddKey("key_revoked", "revoked-secret").disabled = true;
  AddKey("key_model", "model-secret").models = {{"nothing"}, {}};
  fake.FailNext(1, 500);
  Start();
  std::string seen;
  for (const char* token : {kKey, "revoked-secret", "model-secret", "wrong-secret"}) {
    const HttpAnswer answer = Chat(R"({"model":"m"})", token);
    seen += answer.raw_head + answer.body;
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    seen += record->key_id + record->path + record->reason + record->route + record->user_agent +
            record->model_asked;
    for (const auto& attempt : record->attempts) seen += attempt.error + attempt.credential_id;
  }
  for (const char* secret : {"sk-upstream", kKey, "-secret"}) {
    EXPECT_EQ(seen.find(secret), std::string::npos) << secret;
  }
}

}  // namespace
}  // namespace llmgw::test

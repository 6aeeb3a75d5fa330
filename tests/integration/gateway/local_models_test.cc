// GET /v1/models answered by the gateway: what the caller's key may use.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using Names = std::vector<std::string>;

class LocalModelsTest : public GatewayTest {
 protected:
  HttpAnswer Ask(const std::string& target, const std::string& token = kKey) {
    return Get(address(), target, {{"Authorization", "Bearer " + token}});
  }
  Names List(const std::string& token = kKey) {
    const HttpAnswer answer = Ask("/v1/models", token);
    const auto json = nlohmann::json::parse(answer.body, nullptr, false);
    EXPECT_EQ(json.value("object", ""), "list") << answer.body;
    Names names;
    for (const auto& model : json["data"]) {
      EXPECT_EQ(model.value("object", ""), "model");
      EXPECT_TRUE(model["created"].is_number_integer());
      EXPECT_TRUE(model["owned_by"].is_string());
      names.push_back(model["id"]);
    }
    return names;
  }

  FakeUpstream fake;
};

TEST_F(LocalModelsTest, TheListIsWhatTheKeyMayUse) {
  route().models = settings::ModelList::kLocal;
  auto& one = AddUpstream("one", fake);
  one.models = {{"gpt-4o", "gpt-4o-mini", "o*", "/v1/files", "bad"}, {"bad"}};
  AddUpstream("two", fake).model_map = model::ModelMap({{"fast", "x"}, {"or-*", "y/*"}});
  AddKey("key_some", "some").models = {{"fast", "gpt-4o", "o3"}, {}};
  AddKey("key_none", "none").models = {{}, {"gpt-*", "fast"}};
  AddKey("key_two", "two").upstreams = {"two"};
  Start();
  EXPECT_EQ(List(), (Names{"fast", "gpt-4o", "gpt-4o-mini"}));
  EXPECT_EQ(List("some"), (Names{"fast", "gpt-4o", "o3"}));
  EXPECT_EQ(List("none"), Names());
  EXPECT_EQ(List("two"), Names{"fast"});
  EXPECT_TRUE(fake.requests().empty());
}

TEST_F(LocalModelsTest, LevelsCountAsTheyDoForRequests) {
  route().models = settings::ModelList::kLocal;
  AddUpstream("one", fake).models = {{"gpt-4o", "o3", "tts-1"}, {}};
  AddUpstream("any", fake);
  AddLevel("basic", {"gpt-4o*", "only-here"});
  AddKey("key_basic", "basic").levels = {"basic"};
  Start();
  EXPECT_EQ(List("basic"), (Names{"gpt-4o", "only-here"}));
  EXPECT_EQ(List(), (Names{"gpt-4o", "o3", "tts-1"}));
  EXPECT_EQ(Ask("/v1/models/o3", "basic").status, 404);
  EXPECT_EQ(Ask("/v1/models/only-here", "basic").status, 200);
}

TEST_F(LocalModelsTest, OneModelIsThereOrNot) {
  route().models = settings::ModelList::kLocal;
  AddUpstream("one", fake).models = {{"gpt-4o", "meta/*"}, {"meta/old"}};
  Start();
  HttpAnswer answer = Ask("/v1/models/gpt-4o");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(nlohmann::json::parse(answer.body).value("id", ""), "gpt-4o");
  EXPECT_EQ(Ask("/v1/models/meta%2Fllama").status, 200);
  EXPECT_EQ(Ask("/v1/models/meta/llama").status, 200);
  for (const char* other : {"gpt-5", "meta/old", "gpt-4o%", "%2Fv1"}) {
    answer = Ask(std::string("/v1/models/") + other);
    EXPECT_EQ(answer.status, 404) << other;
    EXPECT_EQ(ErrorField(answer.body, "code"), "model_not_found");
  }
  EXPECT_TRUE(fake.requests().empty());
}

TEST_F(LocalModelsTest, ItIsARequestLikeAnyOther) {
  route().models = settings::ModelList::kLocal;
  AddUpstream("one", fake).models = {{"gpt-4o"}, {}};
  Start();
  const HttpAnswer answer = Ask("/v1/models");
  EXPECT_NE(answer.Header("x-llmgw-request-id"), "");
  EXPECT_EQ(answer.Header("access-control-allow-origin"), "*");
  auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->status, 200);
  EXPECT_EQ(record->reason, "ok");
  EXPECT_EQ(record->key_id, "key_test");
  EXPECT_EQ(record->model_asked, "/v1/models");
  EXPECT_EQ(record->response_bytes, static_cast<int64_t>(answer.body.size()));
  EXPECT_EQ(Ask("/v1/models", "stranger").status, 401);
  (void)records.Wait();
  Ask("/v1/models/gpt-4o");
  record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->model_asked, "gpt-4o");
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print({.method = "HEAD",
                                  .target = "/v1/models",
                                  .headers = {{"Authorization", std::string("Bearer ") + kKey}},
                                  .body = {}})));
  const HttpAnswer head = ReadAnswer(client, "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("content-length"), std::to_string(answer.body.size()));
}

TEST_F(LocalModelsTest, OtherRequestsAndOtherRoutesGoToTheUpstream) {
  route().models = settings::ModelList::kLocal;
  AddUpstream("one", fake);
  AddRoute("plain", "/plain");
  Start();
  EXPECT_EQ(Ask("/plain/models").body, "{}");
  EXPECT_EQ(Ask("/v1/modelsx").body, "{}");
  EXPECT_EQ(Request(address(), {.method = "DELETE",
                                .target = "/v1/models/ft:x",
                                .headers = {{"Authorization", std::string("Bearer ") + kKey}},
                                .body = {}})
                .body,
            "{}");
  EXPECT_EQ(fake.requests().size(), 3U);
}

}  // namespace
}  // namespace llmgw::test

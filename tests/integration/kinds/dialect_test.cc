// The gateway's own words are in the caller's protocol, and a caller of either gets to upstreams
// that speak it.
#include <nlohmann/json.hpp>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using Json = nlohmann::json;
using settings::UpstreamKind;

constexpr const char* kMessage = R"({"model":"claude-sonnet-4-5","max_tokens":8,"messages":[]})";

class DialectTest : public GatewayTest {
 protected:
  HttpAnswer Messages(Headers headers = {{"x-api-key", kKey}}, const char* body = kMessage) {
    headers.emplace_back("Content-Type", "application/json");
    return Request(
        address(),
        {.method = "POST", .target = "/v1/messages", .headers = std::move(headers), .body = body});
  }

  void ExpectAnthropicError(const HttpAnswer& answer, const std::string& type,
                            const std::string& code) {
    const Json body = Json::parse(answer.body, nullptr, false);
    ASSERT_TRUE(body.is_object()) << answer.body;
    EXPECT_EQ(body.value("type", ""), "error");
    EXPECT_EQ(body["error"]["type"], type);
    EXPECT_EQ(body["error"]["code"], code);
    EXPECT_NE(body["error"]["message"], "");
    EXPECT_FALSE(body["error"].contains("request_id"));
    EXPECT_EQ(body["request_id"], answer.Header("x-llmgw-request-id"));
    EXPECT_EQ(body["request_id"], answer.Header("request-id"));
  }

  FakeUpstream openai;
  FakeUpstream anthropic;
};

TEST_F(DialectTest, FailuresOfAMessagesCallAreAnthropics) {
  AddUpstream("claude", anthropic).kind = UpstreamKind::kAnthropic;
  Start();
  const HttpAnswer wrong = Messages({{"x-api-key", "sk-wrong"}});
  EXPECT_EQ(wrong.status, 401);
  ExpectAnthropicError(wrong, "authentication_error", "invalid_api_key");

  const HttpAnswer malformed = Messages({{"x-api-key", kKey}}, R"({"model":1})");
  EXPECT_EQ(malformed.status, 400);
  ExpectAnthropicError(malformed, "invalid_request_error", "model_not_string");

  anthropic.Stop();
  const HttpAnswer unreachable = Messages();
  EXPECT_EQ(unreachable.status, 502);
  ExpectAnthropicError(unreachable, "api_error", "upstream_connect_failed");
}

TEST_F(DialectTest, AVersionHeaderTellsAnthropicsClientsOnEveryPath) {
  AddUpstream("claude", anthropic).kind = UpstreamKind::kAnthropic;
  Start();
  ExpectAnthropicError(
      Get(address(), "/v1/models", {{"x-api-key", "no"}, {"anthropic-version", "2023-06-01"}}),
      "authentication_error", "invalid_api_key");
  const HttpAnswer without = Get(address(), "/v1/models", {{"x-api-key", "no"}});
  EXPECT_EQ(ErrorField(without.body, "type"), "authentication_error");
  EXPECT_FALSE(Json::parse(without.body).contains("type"));
  EXPECT_FALSE(Json::parse(Get(address(), "/v1/threads/t/messages").body).contains("type"));
}

TEST_F(DialectTest, OneRouteServesClientsOfBoth) {
  AddUpstream("gpt", openai);
  AddUpstream("claude", anthropic).kind = UpstreamKind::kAnthropic;
  Start();
  EXPECT_EQ(Messages().status, 200);
  const auto native = anthropic.WaitForRequest();
  ASSERT_TRUE(native);
  EXPECT_EQ(native->target, "/v1/messages");
  EXPECT_EQ(native->Header("x-api-key"), "sk-upstream-claude");
  EXPECT_EQ(native->Header("anthropic-version"), "2023-06-01");

  openai.FailNext(1, 500);
  EXPECT_EQ(Chat().status, 500);
  EXPECT_EQ(openai.requests().size(), 1U);
  EXPECT_EQ(anthropic.requests().size(), 1U) << "a chat went to an upstream of another protocol";
}

TEST_F(DialectTest, AnUpstreamOfTheOtherKindServesWhereItIsTheOnlyOne) {
  AddUpstream("claude", anthropic).kind = UpstreamKind::kAnthropic;
  Start();
  EXPECT_EQ(Chat().status, 200);
  const auto request = anthropic.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->target, "/v1/chat/completions");
  EXPECT_EQ(request->Header("authorization"), "Bearer sk-upstream-claude");
}

TEST_F(DialectTest, AzureRefusesWhatCannotBeADeployment) {
  auto& upstream = AddUpstream("azure", openai);
  upstream.kind = UpstreamKind::kAzureOpenai;
  upstream.endpoint.base_path = "";
  Start();
  for (const char* model : {"../../admin", "a/b", "..", "a?x=1", "a b"}) {
    const HttpAnswer answer = Chat(Json{{"model", model}, {"messages", Json::array()}}.dump());
    EXPECT_EQ(answer.status, 404) << model;
    EXPECT_EQ(ErrorField(answer.body, "code"), "model_not_found") << model;
  }
  const HttpAnswer nameless = Chat(R"({"messages":[]})");
  EXPECT_EQ(nameless.status, 400);
  EXPECT_EQ(ErrorField(nameless.body, "code"), "model_needed");
  EXPECT_TRUE(openai.requests().empty());
}

TEST_F(DialectTest, AnAliasNamesTheModelWhoseDeploymentIsAsked) {
  auto& upstream = AddUpstream("azure", openai);
  upstream.kind = UpstreamKind::kAzureOpenai;
  upstream.endpoint.base_path = "";
  const std::vector<model::ModelMap::Entry> aliases = {{"fast", "gpt-4o-mini"}};
  upstream.model_map = model::ModelMap(aliases);
  upstream.azure_openai.deployments = {{"gpt-4o-mini", "mini-eu"}};
  Start();
  EXPECT_EQ(Chat(R"({"model":"fast","messages":[]})").status, 200);
  const auto request = openai.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->target, "/openai/deployments/mini-eu/chat/completions?api-version=2024-10-21");
}

TEST_F(DialectTest, WhatOneKindHasNoPlaceForGoesToTheNext) {
  auto& azure = AddUpstream("azure", openai);
  azure.kind = UpstreamKind::kAzureOpenai;
  AddMock("mock");
  AddUpstream("other", anthropic);
  Start();
  EXPECT_EQ(Chat(R"({"model":"org/model","messages":[]})").status, 200);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 2U);
  EXPECT_EQ(record->attempts[0].outcome, "model_not_found");
  EXPECT_EQ(record->upstream, "mock");
  EXPECT_EQ(PostJson(address(), "/v1/responses", R"({"model":"m"})", kKey).status, 200);
}

}  // namespace
}  // namespace llmgw::test

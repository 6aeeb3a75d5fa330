// Azure's clients may name their deployment beside the model that lists look at: neither a path nor
// a query gets past a list so. And what a later candidate has no place for is nobody's to fail on.
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using settings::UpstreamKind;

constexpr const char* kMini = R"({"model":"mini","messages":[]})";
constexpr const char* kNoModel = R"({"messages":[]})";

class AzureAccessTest : public GatewayTest {
 protected:
  int Post(const std::string& target, const char* body, const std::string& key = kKey) {
    return Request(address(), {.method = "POST",
                               .target = target,
                               .headers = {{"Authorization", "Bearer " + key},
                                           {"Content-Type", "application/json"}},
                               .body = body})
        .status;
  }
  FakeUpstream azure;
};

TEST_F(AzureAccessTest, ADeploymentInThePathIsTheModelThatTheBodyNames) {
  auto& upstream = AddUpstream("azure", azure);
  upstream.kind = UpstreamKind::kAzureOpenai;
  upstream.azure_openai.deployments["mini"] = "mini-deployment";
  AddKey("key_mini", "mini-key").models = {{"mini"}, {}};
  Start();
  EXPECT_EQ(Post("/v1/chat/completions", kMini, "mini-key"), 200);
  EXPECT_EQ(Post("/v1/deployments/mini-deployment/chat/completions", kMini, "mini-key"), 200);
  EXPECT_EQ(Post("/v1/deployments/large/chat/completions", kMini, "mini-key"), 404);
  EXPECT_EQ(Post("/v1/openai/deployments/large/chat/completions", kMini, "mini-key"), 404);
  EXPECT_EQ(Post("/v1/deployments/large/chat/completions", kNoModel, "mini-key"), 403);
  EXPECT_EQ(azure.requests().size(), 2U);
}

TEST_F(AzureAccessTest, WithADenyListAPathNamesNoDeploymentByItself) {
  auto& upstream = AddUpstream("azure", azure);
  upstream.kind = UpstreamKind::kAzureOpenai;
  AddKey("key_deny", "deny-key").models = {{}, {"large"}};
  Start();
  EXPECT_EQ(Post("/v1/deployments/large/chat/completions", kNoModel), 200);
  EXPECT_EQ(Post("/v1/deployments/large/chat/completions", kNoModel, "deny-key"), 404);
  EXPECT_EQ(azure.requests().size(), 1U);
}

TEST_F(AzureAccessTest, AnAnswerIsNotGivenUpForACandidateThatHasNoPlaceForTheRequest) {
  FakeUpstream openai;
  AddUpstream("openai", openai);
  AddUpstream("azure", azure).kind = UpstreamKind::kAzureOpenai;
  Start();
  openai.Next(Answer(503, "busy"));
  // A deployment is needed, and no model is named.
  EXPECT_EQ(Post("/v1/embeddings", kNoModel), 503);
  EXPECT_TRUE(azure.requests().empty());
}

}  // namespace
}  // namespace llmgw::test

// A change is live everywhere when llmctl returns, and never costs a request.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/e2e/stores.h"

namespace llmgw::test {
namespace {

class ConfigRollout : public OverStores {
 protected:
  ConfigRollout() {
    upstream_.Always(AnswerJson(200, R"({"id":"from the upstream"})"));
    stack().StartControlplane();
  }

  FakeUpstream upstream_;
};

TEST_P(ConfigRollout, EveryDataplaneServesAnUpstreamOnceLlmctlReturns) {
  stack().StartDataplane("dp-1");
  stack().StartDataplane("dp-2");
  ASSERT_TRUE(stack().WaitForDataplanes(2));
  const std::string token = stack().CreateKey("app");
  stack().AddUpstream("provider", upstream_);
  for (const char* dataplane : {"dp-1", "dp-2"}) {
    const HttpAnswer answer = stack().Chat(token, "gpt-4o", dataplane);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, R"({"id":"from the upstream"})");
  }
}

TEST_P(ConfigRollout, AChangeOfListsAndKeysHoldsFromTheNextRequest) {
  stack().StartDataplane();
  ASSERT_TRUE(stack().WaitForDataplanes(1));
  stack().AddUpstream("provider", upstream_);
  const std::string token = stack().CreateKey("app");
  EXPECT_EQ(stack().Chat(token).status, 200);
  stack().Llmctl({"deny", "add", "gpt-4*", "--upstream", "provider", "--wait"});
  EXPECT_EQ(stack().Chat(token, "gpt-4o").status, 404);
  EXPECT_EQ(stack().Chat(token, "o3").status, 200);
  stack().Llmctl({"deny", "add", "o3", "--key", "app", "--wait"});
  EXPECT_EQ(stack().Chat(token, "o3").status, 403);
  stack().Llmctl({"key", "revoke", "app", "--wait"});
  EXPECT_EQ(stack().Chat(token, "o1").status, 401);
}

TEST_P(ConfigRollout, ADataplaneThatComesLaterGetsEverything) {
  const std::string token = stack().CreateKey("app");
  stack().AddUpstream("provider", upstream_);
  stack().StartDataplane();
  ASSERT_TRUE(stack().WaitForDataplanes(1));
  EXPECT_EQ(stack().Chat(token).status, 200);
}

TEST_P(ConfigRollout, ChangesUnderLoadDropNoRequest) {
  stack().StartDataplane();
  ASSERT_TRUE(stack().WaitForDataplanes(1));
  stack().AddUpstream("provider", upstream_);
  const std::string token = stack().CreateKey("app");
  std::atomic<bool> done{false};
  std::atomic<int> served{0};
  std::atomic<int> dropped{0};
  const auto client = [&] {
    Connection connection = ConnectTo(stack().gateway());
    const HttpRequest request{
        .method = "POST",
        .target = "/v1/chat/completions",
        .headers = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
        .body = R"({"model":"gpt-4o","messages":[]})"};
    while (!done) (Exchange(connection, request).status == 200 ? served : dropped)++;
  };
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int i = 0; i < 4; ++i) clients.emplace_back(client);
  for (int i = 0; i < 10; ++i) {
    stack().Llmctl(
        {"deny", i % 2 == 0 ? "add" : "remove", "o3", "--upstream", "provider", "--wait"});
    stack().Llmctl({"key", "create", "other-" + std::to_string(i), "--wait"});
  }
  done = true;
  for (std::thread& thread : clients) thread.join();
  EXPECT_GT(served, 0);
  EXPECT_EQ(dropped, 0);
}

INSTANTIATE_OVER_STORES(ConfigRollout);

}  // namespace
}  // namespace llmgw::test

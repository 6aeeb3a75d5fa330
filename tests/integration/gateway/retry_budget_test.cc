// What a route may spend on further attempts.
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

class RetryBudgetTest : public GatewayTest {
 protected:
  void StartWithTwo(settings::RetryBudget budget) {
    route().choosing.retry_budget = budget;
    AddUpstream("first", first).credential_mode = settings::CredentialMode::kNone;
    AddUpstream("second", second);
    Start();
  }

  FakeUpstream first;
  FakeUpstream second;
};

TEST_F(RetryBudgetTest, WithoutBudgetTheFirstAnswerReachesTheClient) {
  StartWithTwo({.percent = 0, .min_per_second = 0});
  first.Always(AnswerJson(503, R"({"error":{"message":"busy"}})", {{"Retry-After", "3"}}));
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ErrorField(answer.body, "message"), "busy");
  EXPECT_EQ(answer.Header("retry-after"), "3");
  EXPECT_TRUE(second.requests().empty());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->retry_budget_spent);
  ASSERT_EQ(record->attempts.size(), 1U);
  EXPECT_NE(record->attempts[0].error.find("retry budget is spent"), std::string::npos)
      << record->attempts[0].error;
}

TEST_F(RetryBudgetTest, WithoutBudgetAFailureWithoutAnAnswerIsTheLast) {
  StartWithTwo({.percent = 0, .min_per_second = 0});
  first.Next(ResetBeforeHead());
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(ErrorField(answer.body, "code"), "upstream_reset");
  EXPECT_TRUE(second.requests().empty());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->retry_budget_spent);
}

TEST_F(RetryBudgetTest, IsAShareOfAllRequests) {
  StartWithTwo({.percent = 50, .min_per_second = 0});
  int ok = 0;
  // Twenty requests that need no other upstream, then ten that do: every one of them is allowed.
  for (int i = 0; i < 20; ++i) ok += Chat().status == 200 ? 1 : 0;
  ASSERT_EQ(ok, 20);
  first.Always(AnswerJson(500, "{}"));
  int failed = 0;
  for (int i = 0; i < 60; ++i) failed += Chat().status == 500 ? 1 : 0;
  // Of at most 80 requests in the window 40 further attempts are allowed, of at least 60 (the
  // window may have moved on) 30.
  EXPECT_GE(failed, 20);
  EXPECT_LE(failed, 30);
}

TEST_F(RetryBudgetTest, CountsTriesOfTheSameUpstreamToo) {
  route().choosing.retry_budget = {.percent = 0, .min_per_second = 0};
  AddUpstream("only", first).retries = 3;
  Start();
  first.Next(ResetBeforeHead(), 4);
  EXPECT_EQ(Chat().status, 502);
  EXPECT_EQ(first.requests().size(), 1U);
}

TEST_F(RetryBudgetTest, CountsOtherCredentialsToo) {
  route().choosing.retry_budget = {.percent = 0, .min_per_second = 0};
  AddUpstream("only", first).credentials.push_back({"other", SecretString("other")});
  Start();
  first.FailNext(1, 401);
  EXPECT_EQ(Chat().status, 401);
  EXPECT_EQ(first.requests().size(), 1U);
}

TEST_F(RetryBudgetTest, ARequestThatNeedsNoOtherAttemptSpendsNothing) {
  StartWithTwo({.percent = 0, .min_per_second = 0});
  first.FailNext(1, 400);
  EXPECT_EQ(Chat().status, 400);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_FALSE(record->retry_budget_spent);
}

}  // namespace
}  // namespace llmgw::test

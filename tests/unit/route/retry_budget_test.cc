#include "dataplane/route/retry_budget.h"

#include <gtest/gtest.h>

namespace llmgw::route {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RetryBudgetTest : public ::testing::Test {
 protected:
  void Requests(int count) {
    for (int i = 0; i < count; ++i) budget_.CountRequest(now_);
  }
  // How many of `wanted` further attempts are allowed.
  int Retries(int wanted) {
    int allowed = 0;
    for (int i = 0; i < wanted; ++i) allowed += budget_.TakeRetry(bounds_, now_) ? 1 : 0;
    return allowed;
  }

  RetryBudget budget_;
  settings::RetryBudget bounds_{.percent = 20, .min_per_second = 0};
  MonotonicTime now_ = MonotonicTime(std::chrono::hours(100));
};

TEST_F(RetryBudgetTest, IsAShareOfTheRequestsOfTheLastTenSeconds) {
  EXPECT_EQ(Retries(1), 0);
  Requests(100);
  EXPECT_EQ(Retries(50), 20);
  now_ += seconds(5);
  EXPECT_EQ(Retries(50), 0);
  Requests(50);
  EXPECT_EQ(Retries(50), 10);
  // The first hundred, and the twenty of them, are forgotten together.
  now_ += seconds(6);
  EXPECT_EQ(Retries(50), 0);
  Requests(10);
  EXPECT_EQ(Retries(50), 2);
}

TEST_F(RetryBudgetTest, AllowsSoManyASecondWhateverTheShare) {
  bounds_ = {.percent = 0, .min_per_second = 3};
  EXPECT_EQ(Retries(10), 3);
  now_ += milliseconds(1000);
  EXPECT_EQ(Retries(10), 3);
}

TEST_F(RetryBudgetTest, AHundredPerCentIsNoBound) {
  bounds_.percent = 100;
  EXPECT_EQ(Retries(1000), 1000);
}

TEST_F(RetryBudgetTest, ForgetsAfterALongSilence) {
  Requests(1000);
  now_ += std::chrono::hours(24);
  EXPECT_EQ(Retries(10), 0);
}

}  // namespace
}  // namespace llmgw::route

#include "dataplane/route/health/breaker.h"

#include <gtest/gtest.h>

namespace llmgw::route::health {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class BreakerTest : public ::testing::Test {
 protected:
  // One request that takes no time.
  bool Fail() {
    breaker.Began(now);
    return breaker.Failed(now, now, rules, "reset");
  }
  bool Succeed() {
    breaker.Began(now);
    return breaker.Succeeded(now, now, rules);
  }
  void Eject() {
    while (breaker.ejection() == nullptr) Fail();
  }
  bool admits() const { return breaker.Admits(now); }

  settings::HealthSettings rules;
  MonotonicTime now{seconds(1000)};
  Breaker breaker;
};

TEST_F(BreakerTest, FailuresInARowEject) {
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(Fail());
  EXPECT_TRUE(admits());
  EXPECT_TRUE(Fail());
  EXPECT_FALSE(admits());
  ASSERT_NE(breaker.ejection(), nullptr);
  EXPECT_EQ(breaker.ejection()->cause, "reset");
  EXPECT_EQ(breaker.ejection()->count, 1U);
  EXPECT_EQ(breaker.ejection()->until - breaker.ejection()->since, seconds(5));
}

TEST_F(BreakerTest, ASuccessEndsARow) {
  for (int i = 0; i < 4; ++i) Fail();
  Succeed();
  for (int i = 0; i < 4; ++i) Fail();
  EXPECT_TRUE(admits());
}

TEST_F(BreakerTest, FailuresInARowCountHoweverFarApart) {
  for (int i = 0; i < 5; ++i) {
    Fail();
    now += seconds(60);
    EXPECT_FALSE(breaker.Forgettable(now, rules));
  }
  EXPECT_NE(breaker.ejection(), nullptr);
}

TEST_F(BreakerTest, AShareOfFailuresEjectsOnceThereAreEnoughRequests) {
  rules.min_requests = 10;
  rules.error_percent = 40;
  for (int i = 0; i < 3; ++i) {
    Succeed();
    Succeed();
    EXPECT_FALSE(Fail());
  }
  EXPECT_TRUE(Fail()) << "four of ten";
}

TEST_F(BreakerTest, TheShareIsOfTheWindowOnly) {
  rules.min_requests = 4;
  rules.error_percent = 75;
  for (int i = 0; i < 3; ++i) Fail();
  now += seconds(11);
  EXPECT_FALSE(Fail()) << "four of four would do";
}

TEST_F(BreakerTest, AfterItsTimeOneRequestAtATimeTries) {
  Eject();
  now += seconds(5);
  ASSERT_TRUE(admits());
  breaker.Began(now);
  EXPECT_FALSE(admits()) << "somebody tries it already";
  const MonotonicTime trial = now;
  now += seconds(1);
  EXPECT_TRUE(breaker.Succeeded(trial, now, rules));
  EXPECT_TRUE(admits());
  EXPECT_EQ(breaker.ejection(), nullptr);
}

TEST_F(BreakerTest, ATrialThatShowsNothingIsLeftToTheNextRequest) {
  Eject();
  now += seconds(5);
  breaker.Began(now);
  breaker.Ended(now);
  EXPECT_TRUE(admits());
  EXPECT_NE(breaker.ejection(), nullptr);
}

TEST_F(BreakerTest, EjectionsDoubleUpToTheirMost) {
  rules.max_ejection = seconds(30);
  Eject();
  for (const int expected : {10, 20, 30, 30}) {
    now = breaker.ejection()->until;
    EXPECT_TRUE(Fail());
    EXPECT_EQ(breaker.ejection()->until - now, seconds(expected));
  }
  EXPECT_EQ(breaker.ejection()->count, 5U);
  now = breaker.ejection()->until;
  EXPECT_TRUE(Succeed());
  Eject();
  EXPECT_EQ(breaker.ejection()->until - now, seconds(5)) << "a success makes a new start";
  EXPECT_EQ(breaker.ejection()->count, 1U);
}

TEST_F(BreakerTest, RequestsFromBeforeSayNothingOfAnEjectedOne) {
  const MonotonicTime before = now;
  now += seconds(1);
  Eject();
  EXPECT_FALSE(breaker.Succeeded(before, now, rules));
  EXPECT_FALSE(admits());
  now += seconds(5);
  breaker.Began(now);
  EXPECT_FALSE(breaker.Failed(before, now, rules, "reset")) << "it is not the trial";
  breaker.Ended(before);
  EXPECT_FALSE(admits()) << "the trial is still under way";
}

TEST_F(BreakerTest, WhoIsSentThereForWantOfAnythingBetterDoesNotMakeItLonger) {
  Eject();
  const MonotonicTime until = breaker.ejection()->until;
  now += seconds(1);
  EXPECT_FALSE(Fail());
  EXPECT_EQ(breaker.ejection()->until, until);
  EXPECT_TRUE(Succeed()) << "but a success shows that it works";
  EXPECT_TRUE(admits());
}

TEST_F(BreakerTest, IsForgottenWhenNothingOfItIsLeftInTheWindow) {
  Fail();
  Succeed();
  now += milliseconds(9'999);
  EXPECT_FALSE(breaker.Forgettable(now, rules));
  now += milliseconds(1);
  EXPECT_TRUE(breaker.Forgettable(now, rules));
  Eject();
  now = breaker.ejection()->until;
  EXPECT_FALSE(breaker.Forgettable(now, rules));
  now += rules.max_ejection;
  EXPECT_TRUE(breaker.Forgettable(now, rules)) << "nobody has tried it for so long";
}

}  // namespace
}  // namespace llmgw::route::health

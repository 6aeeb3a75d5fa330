#include "dataplane/net/budget.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace llmgw::net {
namespace {

TEST(Budget, GivesAllOfAnAmountOrNothing) {
  Budget budget(10);
  BudgetShare share(budget, 0);
  EXPECT_TRUE(share.Take(7));
  EXPECT_FALSE(share.Take(4));
  EXPECT_TRUE(share.Take(3));
  share.Give(10);
  EXPECT_TRUE(share.Take(10));
  EXPECT_EQ(share.used(), 10u);
}

TEST(Budget, IsExactAmongSharesWithoutAStep) {
  Budget budget(2);
  BudgetShare a(budget, 0), b(budget, 0);
  EXPECT_TRUE(a.Take(1));
  EXPECT_TRUE(b.Take(1));
  EXPECT_FALSE(a.Take(1));
  b.Give(1);
  EXPECT_TRUE(a.Take(1));
}

TEST(Budget, AShareKeepsLittleOfWhatComesBack) {
  Budget budget(100);
  BudgetShare a(budget, 10), b(budget, 10);
  ASSERT_TRUE(a.Take(90));
  EXPECT_FALSE(b.Take(30));
  a.Give(90);
  EXPECT_TRUE(b.Take(80)) << "at most two steps stay with a";
}

TEST(Budget, TheLastOfItIsFoundThoughAStepMoreIsNot) {
  Budget budget(10);
  BudgetShare share(budget, 8);
  EXPECT_TRUE(share.Take(5));
  EXPECT_TRUE(share.Take(5));
  EXPECT_FALSE(share.Take(1));
}

TEST(Budget, WhatIsThereAnywayCountsAndKeepsOthersOut) {
  Budget budget(10);
  BudgetShare share(budget, 0);
  share.TakeAnyway(25);
  EXPECT_FALSE(share.Take(1));
  EXPECT_FALSE(share.HasRoom(1));
  EXPECT_TRUE(share.tight());
  share.Give(20);
  EXPECT_TRUE(share.HasRoom(5));
  EXPECT_FALSE(share.HasRoom(6));
  EXPECT_FALSE(share.tight());
}

TEST(Budget, WithoutALimitEverythingFindsRoom) {
  Budget budget(Budget::kUnlimited);
  BudgetShare share(budget, 64);
  EXPECT_TRUE(share.Take(1ULL << 60));
  EXPECT_TRUE(share.HasRoom(1));
  EXPECT_FALSE(share.tight());
}

TEST(Budget, APermitIsGivenBackOnceHoweverItMoves) {
  Budget budget(1);
  BudgetShare share(budget, 0);
  {
    Permit first(share);
    EXPECT_TRUE(first);
    EXPECT_FALSE(Permit(share));
    const Permit moved(std::move(first));
    EXPECT_TRUE(moved);
    EXPECT_EQ(share.used(), 1u);
  }
  EXPECT_EQ(share.used(), 0u);
  EXPECT_TRUE(Permit(share));
}

TEST(Budget, NeverExceedsItsLimitWhoeverAsks) {
  Budget budget(50);
  std::atomic<uint64_t> held{0}, most{0};
  const auto work = [&] {
    BudgetShare share(budget, 2);
    for (int i = 0; i < 20'000; ++i) {
      if (!share.Take(3)) continue;
      const uint64_t now = held.fetch_add(3) + 3;
      uint64_t seen = most.load();
      while (now > seen && !most.compare_exchange_weak(seen, now)) {
      }
      held.fetch_sub(3);
      share.Give(3);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(most.load(), 0u);
  EXPECT_LE(most.load(), 50u);
}

}  // namespace
}  // namespace llmgw::net

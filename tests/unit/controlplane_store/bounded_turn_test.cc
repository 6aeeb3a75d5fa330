#include "controlplane/store/bounded_turn.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/wait.h"

namespace llmgw::controlplane::store {
namespace {

using std::chrono::milliseconds;

TEST(BoundedTurn, IsWaitedForOnlySoLong) {
  BoundedTurn turn;
  auto first = turn.Take(milliseconds(0));
  ASSERT_TRUE(first);
  EXPECT_FALSE(turn.Take(milliseconds(1)));
  first.reset();
  EXPECT_TRUE(turn.Take(milliseconds(0)));
  EXPECT_TRUE(turn.Take(milliseconds(0))) << "given back by what was thrown away";
}

TEST(BoundedTurn, GoesToWhoeverWaits) {
  BoundedTurn turn;
  auto first = turn.Take(milliseconds(0));
  bool had_it = false;
  std::thread waiting([&] { had_it = turn.Take(test::kPatience).has_value(); });
  first.reset();
  waiting.join();
  EXPECT_TRUE(had_it);
}

}  // namespace
}  // namespace llmgw::controlplane::store

#include "common/rpc/timestamp.h"

#include <gtest/gtest.h>

namespace llmgw::rpc {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

google::protobuf::Timestamp At(int64_t whole, int32_t nanos = 0) {
  google::protobuf::Timestamp time;
  time.set_seconds(whole);
  time.set_nanos(nanos);
  return time;
}

TEST(ToWallTime, IsExactWithinTheClocksReach) {
  EXPECT_EQ(ToWallTime(At(1'800'000'000, 5)), WallTime(seconds(1'800'000'000) + nanoseconds(5)));
  EXPECT_EQ(ToWallTime(At(-1, 5)), WallTime(seconds(-1) + nanoseconds(5)));
  EXPECT_EQ(ToWallTime(At(0)), WallTime());
}

TEST(ToWallTime, StopsAtTheEndsOfTheClock) {
  constexpr int64_t kYear2300 = 10'413'792'000;
  const WallTime last = ToWallTime(At(kYear2300));
  EXPECT_GT(last, ToWallTime(At(9'000'000'000)));
  EXPECT_EQ(ToWallTime(At(253'402'300'799)), last);
  EXPECT_EQ(ToWallTime(At(INT64_MAX)), last);
  EXPECT_LT(ToWallTime(At(-62'135'596'800)), ToWallTime(At(-9'000'000'000)));
  EXPECT_LT(ToWallTime(At(INT64_MIN)), WallTime());
  EXPECT_EQ(ToWallTime(At(7, INT32_MIN)), WallTime(seconds(7)));
}

}  // namespace
}  // namespace llmgw::rpc

#include "dataplane/net/http1/body_pace.h"

#include <gtest/gtest.h>

namespace llmgw::net::http1 {
namespace {

// A client that sends `bytes` and then waits `pause`, over and over. How long it lasted until it
// was cut off, `most` if it was not.
LoopTime Lasts(const PaceLimits& limits, uint64_t bytes, LoopTime pause, LoopTime most) {
  BodyPace pace(limits);
  LoopTime now = 1'000'000;
  const LoopTime begun = now;
  uint64_t received = 0;
  while (now - begun < most) {
    const LoopTime deadline = pace.BeginWait(now, received);
    if (deadline < now + pause) return deadline - begun;
    now += pause;
    pace.EndWait(now);
    received += bytes;
  }
  return most;
}

TEST(BodyPace, CutsOffATrickleAfterTheGrace) {
  const PaceLimits limits;
  const LoopTime lasted = Lasts(limits, 1, 1000, 3'600'000);
  EXPECT_GE(lasted, 30'000);
  EXPECT_LT(lasted, 31'000);
}

TEST(BodyPace, LetsASlowButFairClientTakeItsTime) {
  const PaceLimits limits;
  EXPECT_EQ(Lasts(limits, 600, 1000, 24 * 3'600'000), 24 * 3'600'000);
  EXPECT_EQ(Lasts(limits, 12'500, 25'000, 24 * 3'600'000), 24 * 3'600'000) << "in bursts";
}

TEST(BodyPace, ABurstBuysNoMoreThanTheGrace) {
  const PaceLimits limits;
  BodyPace pace(limits);
  EXPECT_EQ(pace.BeginWait(5000, 1ULL << 40), 5000 + 30'000);
}

TEST(BodyPace, OnlyWaitingCounts) {
  const PaceLimits limits;
  BodyPace pace(limits);
  EXPECT_EQ(pace.BeginWait(0, 0), 30'000);
  pace.EndWait(10'000);
  // An hour in which the upstream did not take what had come.
  EXPECT_EQ(pace.BeginWait(3'600'000, 0), 3'600'000 + 20'000);
}

TEST(BodyPace, APauseIsBoundedWhateverTheRate) {
  PaceLimits limits;
  limits.idle_timeout = Millis(10'000);
  EXPECT_EQ(BodyPace(limits).BeginWait(0, 0), 10'000);
  limits.min_bytes_per_second = 0;
  EXPECT_EQ(BodyPace(limits).BeginWait(0, 0), 10'000);
  EXPECT_EQ(Lasts(limits, 1, 9'000, 3'600'000), 3'600'000) << "without a rate a trickle lasts";
}

TEST(BodyPace, CountsBytesThatComeOneByOne) {
  PaceLimits limits;
  limits.min_bytes_per_second = 100'000;
  // Four bytes every four milliseconds is a hundredth of it; 400 is just enough.
  EXPECT_LT(Lasts(limits, 4, 4, 3'600'000), 31'000);
  EXPECT_EQ(Lasts(limits, 400, 4, 3'600'000), 3'600'000);
}

}  // namespace
}  // namespace llmgw::net::http1

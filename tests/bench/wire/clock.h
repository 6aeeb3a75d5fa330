#pragma once

#include <ctime>

#include <cstdint>

namespace llmgw::bench {

inline constexpr int64_t kSecond = 1'000'000'000;
inline constexpr int64_t kMillisecond = 1'000'000;

// Nanoseconds of the machine's monotonic clock, which the mock and the load generator share: a
// stamp of one can be subtracted from a reading of the other.
inline int64_t Now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

}  // namespace llmgw::bench

#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "common/base/clock.h"

namespace llmgw::rpc {

// A time off the wire, where anything may stand. The clock counts nanoseconds in 64 bits: times
// before 1677 or after 2262 become the first or the last that it knows.
inline WallTime ToWallTime(const google::protobuf::Timestamp& time) {
  using std::chrono::nanoseconds;
  using std::chrono::seconds;
  constexpr int64_t kLast = std::chrono::floor<seconds>(nanoseconds::max()).count() - 1;
  const seconds whole(std::clamp<int64_t>(time.seconds(), -kLast, kLast));
  const nanoseconds part(std::clamp<int64_t>(time.nanos(), 0, 999'999'999));
  return WallTime(std::chrono::duration_cast<WallTime::duration>(nanoseconds(whole) + part));
}

}  // namespace llmgw::rpc

#pragma once

#include <algorithm>
#include <cstdint>

#include "dataplane/net/timer_wheel.h"

namespace llmgw::net::http1 {

// How slowly a client may send a request body.
struct PaceLimits {
  Millis idle_timeout{60'000};  // longest pause between two reads
  // On average at least so many bytes a second; what it falls behind, and what it was ahead, counts
  // for at most `grace`. 0: no matter how slow. (As mod_reqtimeout's MinRate.)
  uint64_t min_bytes_per_second = 500;
  Millis grace{30'000};
};

// Says until when the next bytes of one body have to come. Only the time spent waiting for the
// client counts, so a slow upstream is never held against it. One thread.
class BodyPace {
 public:
  explicit BodyPace(const PaceLimits& limits) : limits_(limits), credit_(Most()) {}

  // The client has sent `received` bytes in all, and there is nothing now. Returns the deadline.
  LoopTime BeginWait(LoopTime now, uint64_t received) {
    wait_begun_ = now;
    const LoopTime idle = now + limits_.idle_timeout.count();
    if (limits_.min_bytes_per_second == 0) return idle;
    // No overflow: a burst beyond the most that counts is cut before it is multiplied.
    const uint64_t news = std::min(received - received_, Most() / kMillisPerSecond + 1);
    received_ = received;
    credit_ = std::min(credit_ + news * kMillisPerSecond, Most());
    return std::min(idle, now + static_cast<LoopTime>(credit_ / limits_.min_bytes_per_second));
  }
  void EndWait(LoopTime now) {
    const uint64_t waited = static_cast<uint64_t>(std::max<LoopTime>(0, now - wait_begun_));
    credit_ -= std::min(credit_, waited * limits_.min_bytes_per_second);
  }

 private:
  static constexpr uint64_t kMillisPerSecond = 1000;
  uint64_t Most() const {
    return limits_.min_bytes_per_second * static_cast<uint64_t>(limits_.grace.count());
  }

  const PaceLimits& limits_;
  uint64_t credit_;  // in thousandths of a byte: bytes times milliseconds per second
  uint64_t received_ = 0;
  LoopTime wait_begun_ = 0;
};

}  // namespace llmgw::net::http1

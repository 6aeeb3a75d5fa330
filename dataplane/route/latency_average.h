#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

#include "common/base/clock.h"

namespace llmgw::route {

// An average of times to the first byte that follows a rise at once and a fall slowly: a moving
// average, weighted by age, that jumps to every peak ("peak EWMA"). Without new values it falls
// towards zero, so that who was slow is asked again one day. Microseconds. One thread.
class LatencyAverage {
 public:
  static constexpr std::chrono::microseconds kDecay = std::chrono::seconds(10);

  void Observe(std::chrono::microseconds value, MonotonicTime now) {
    const auto sample = static_cast<double>(value.count());
    const double weight = WeightOfOld(now);
    average_ = std::max(sample, average_ * weight + sample * (1 - weight));
    at_ = now;
  }

  // What it has come to by `now`; 0 when nothing was ever observed.
  double At(MonotonicTime now) const { return average_ == 0 ? 0 : average_ * WeightOfOld(now); }

 private:
  double WeightOfOld(MonotonicTime now) const {
    const auto age = std::chrono::duration_cast<std::chrono::microseconds>(now - at_);
    if (age.count() <= 0) return 1;
    return std::exp(-static_cast<double>(age.count()) / static_cast<double>(kDecay.count()));
  }

  double average_ = 0;
  MonotonicTime at_{};
};

}  // namespace llmgw::route

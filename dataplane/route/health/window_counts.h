#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "common/base/clock.h"

namespace llmgw::route::health {

// How many requests and failures there were lately: counts in slices of time, of which the last
// kSlices make the window. One thread.
class WindowCounts {
 public:
  struct Sum {
    uint32_t requests = 0;
    uint32_t failures = 0;
  };

  void Add(MonotonicTime now, std::chrono::milliseconds window, Sum what);
  Sum Total(MonotonicTime now, std::chrono::milliseconds window) const;
  void Clear() { slices_ = {}; }

 private:
  static constexpr int64_t kSlices = 10;
  struct Slice {
    int64_t number = -1;  // of slices since the clock's beginning; -1: unused
    Sum sum;
  };

  static int64_t NumberOf(MonotonicTime now, std::chrono::milliseconds window);

  std::array<Slice, kSlices> slices_{};
};

}  // namespace llmgw::route::health

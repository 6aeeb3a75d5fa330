#include "dataplane/route/health/window_counts.h"

#include <algorithm>

namespace llmgw::route::health {

int64_t WindowCounts::NumberOf(MonotonicTime now, std::chrono::milliseconds window) {
  const auto slice =
      std::max(std::chrono::nanoseconds(window) / kSlices, std::chrono::nanoseconds(1));
  return std::chrono::nanoseconds(now.time_since_epoch()) / slice;
}

void WindowCounts::Add(MonotonicTime now, std::chrono::milliseconds window, Sum what) {
  const int64_t number = NumberOf(now, window);
  Slice& slice = slices_[static_cast<size_t>(number % kSlices)];
  if (slice.number != number) slice = {number, {}};
  slice.sum.requests += what.requests;
  slice.sum.failures += what.failures;
}

WindowCounts::Sum WindowCounts::Total(MonotonicTime now, std::chrono::milliseconds window) const {
  const int64_t number = NumberOf(now, window);
  Sum total;
  for (const Slice& slice : slices_) {
    // Numbers of another window length, left from earlier settings, are far away from these.
    if (slice.number < 0 || slice.number > number || slice.number <= number - kSlices) continue;
    total.requests += slice.sum.requests;
    total.failures += slice.sum.failures;
  }
  return total;
}

}  // namespace llmgw::route::health

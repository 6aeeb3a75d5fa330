#pragma once

#include <array>
#include <cstdint>

#include "common/base/clock.h"
#include "dataplane/settings/choosing_settings.h"

namespace llmgw::route {

// Counts a route's requests and further attempts over the last 10 s, in whole seconds. One thread.
class RetryBudget {
 public:
  void CountRequest(MonotonicTime now) { ++At(SecondOf(now)).requests; }

  // Counts one more attempt and says true, or says false when the bounds allow none.
  bool TakeRetry(const settings::RetryBudget& bounds, MonotonicTime now);

 private:
  static constexpr int64_t kSeconds = 10;
  struct Second {
    int64_t number = -1;
    uint32_t requests = 0;
    uint32_t retries = 0;
  };

  static int64_t SecondOf(MonotonicTime now) {
    return std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  }
  Second& At(int64_t number) {
    Second& second = seconds_[static_cast<size_t>(number % kSeconds)];
    if (second.number != number) second = {number, 0, 0};
    return second;
  }

  std::array<Second, kSeconds> seconds_{};
};

}  // namespace llmgw::route

#include "dataplane/route/retry_budget.h"

namespace llmgw::route {

bool RetryBudget::TakeRetry(const settings::RetryBudget& bounds, MonotonicTime now) {
  const int64_t number = SecondOf(now);
  Second& current = At(number);
  bool allowed = bounds.percent >= settings::RetryBudget::kUnbounded ||
                 current.retries < bounds.min_per_second;
  if (!allowed) {
    uint64_t requests = 0;
    uint64_t retries = 0;
    for (const Second& second : seconds_) {
      if (second.number <= number - kSeconds) continue;
      requests += second.requests;
      retries += second.retries;
    }
    allowed = (retries + 1) * 100 <= requests * bounds.percent;
  }
  if (allowed) ++current.retries;
  return allowed;
}

}  // namespace llmgw::route

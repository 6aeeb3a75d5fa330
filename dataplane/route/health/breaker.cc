#include "dataplane/route/health/breaker.h"

#include <algorithm>

namespace llmgw::route::health {

bool Breaker::Admits(MonotonicTime now) const {
  return !ejection_ || (now >= ejection_->until && !trial_);
}

void Breaker::Began(MonotonicTime now) {
  if (ejection_ && now >= ejection_->until && !trial_) trial_ = now;
}

// While it is ejected only requests count that were sent since: the trial, and those that were sent
// there because nothing else was left.
bool Breaker::Counts(MonotonicTime began) const {
  if (!ejection_) return true;
  return trial_ ? began >= *trial_ : began > ejection_->since;
}

bool Breaker::Succeeded(MonotonicTime began, MonotonicTime now,
                        const settings::HealthSettings& rules) {
  if (!Counts(began)) return false;
  if (ejection_) {
    *this = Breaker();
    return true;
  }
  in_a_row_ = 0;
  counts_.Add(now, rules.window, {.requests = 1});
  return false;
}

bool Breaker::Failed(MonotonicTime began, MonotonicTime now, const settings::HealthSettings& rules,
                     std::string_view cause) {
  if (!Counts(began)) return false;
  if (ejection_) {
    // Ejections are not made longer by those that were sent there for want of anything better.
    if (!trial_) return false;
    trial_.reset();
    Eject(now, rules, cause);
    return true;
  }
  ++in_a_row_;
  counts_.Add(now, rules.window, {.requests = 1, .failures = 1});
  return Judge(now, rules, cause);
}

void Breaker::Ended(MonotonicTime began) {
  if (trial_ && began >= *trial_) trial_.reset();
}

bool Breaker::Judge(MonotonicTime now, const settings::HealthSettings& rules,
                    std::string_view cause) {
  last_failure_ = now;
  const WindowCounts::Sum total = counts_.Total(now, rules.window);
  const bool by_share =
      total.requests >= rules.min_requests &&
      uint64_t{total.failures} * 100 >= uint64_t{total.requests} * rules.error_percent;
  if (in_a_row_ < rules.consecutive_failures && !by_share) return false;
  Eject(now, rules, cause);
  return true;
}

void Breaker::Eject(MonotonicTime now, const settings::HealthSettings& rules,
                    std::string_view cause) {
  const uint32_t before = ejection_ ? ejection_->count : 0;
  auto length = rules.ejection;
  for (uint32_t i = 0; i < before && length < rules.max_ejection; ++i) length *= 2;
  length = std::min(length, rules.max_ejection);
  const MonotonicTime since = ejection_ ? ejection_->since : now;
  ejection_ = Ejection{since, now + length, before + 1, std::string(cause)};
  last_failure_ = now;
  in_a_row_ = 0;
  counts_.Clear();
}

bool Breaker::Forgettable(MonotonicTime now, const settings::HealthSettings& rules) const {
  if (ejection_) return !trial_ && now >= ejection_->until + rules.max_ejection;
  // Failures in a row count however far apart they are, but not for ever.
  const auto remembered = in_a_row_ > 0 ? std::max(rules.window, rules.max_ejection) : rules.window;
  return now >= last_failure_ + remembered;
}

}  // namespace llmgw::route::health

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "dataplane/model/upstream_health.h"
#include "dataplane/route/health/window_counts.h"
#include "dataplane/settings/health_settings.h"

namespace llmgw::route::health {

// Leaves something alone when it keeps failing: after failures in a row, or by the share of them in
// a window, it is ejected, each time for twice as long; then one request at a time tries it, and
// the first success ends the ejection. It is made at the first failure, so requests before that are
// not in its window. Pure: time comes with each call. One thread.
class Breaker {
 public:
  // Whether a request may be sent there: it is not ejected, or has been for long enough and nobody
  // tries it already.
  bool Admits(MonotonicTime now) const;

  // A request is being sent there. While it is ejected this is the trial, unless one is under way.
  void Began(MonotonicTime now);

  // How a request that began at `began` came out. Requests older than the ejection, or than the
  // trial, say nothing new. True: whether it is ejected has changed.
  bool Succeeded(MonotonicTime began, MonotonicTime now, const settings::HealthSettings& rules);
  bool Failed(MonotonicTime began, MonotonicTime now, const settings::HealthSettings& rules,
              std::string_view cause);
  // It showed nothing either way: a trial is left to the next request.
  void Ended(MonotonicTime began);

  // Nothing worth remembering is left: no failure in the window, no ejection, or one that nobody
  // has tried for so long that it has no meaning any more.
  bool Forgettable(MonotonicTime now, const settings::HealthSettings& rules) const;

  struct Ejection {
    MonotonicTime since;
    MonotonicTime until;
    uint32_t count = 0;  // without a success between
    std::string cause;
  };
  // Null: not ejected.
  const Ejection* ejection() const { return ejection_ ? &*ejection_ : nullptr; }
  MonotonicTime last_failure() const { return last_failure_; }

 private:
  bool Counts(MonotonicTime began) const;
  bool Judge(MonotonicTime now, const settings::HealthSettings& rules, std::string_view cause);
  void Eject(MonotonicTime now, const settings::HealthSettings& rules, std::string_view cause);

  uint32_t in_a_row_ = 0;
  WindowCounts counts_;
  MonotonicTime last_failure_{};
  std::optional<Ejection> ejection_;
  std::optional<MonotonicTime> trial_;  // when the request that tries it began
};

}  // namespace llmgw::route::health

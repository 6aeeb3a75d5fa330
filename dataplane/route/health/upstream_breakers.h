#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/clock.h"
#include "dataplane/model/upstream_health.h"
#include "dataplane/model/upstream_watch.h"
#include "dataplane/route/health/breaker.h"
#include "dataplane/settings/health_settings.h"

namespace llmgw::route::health {

// The wall clock's time is `wall_offset` behind the monotonic one's.
inline WallTime WallOf(MonotonicTime time, std::chrono::nanoseconds wall_offset) {
  return WallTime(
      std::chrono::duration_cast<WallTime::duration>(time.time_since_epoch() + wall_offset));
}

// Active checks fail since then, because of that.
struct FailedCheck {
  MonotonicTime since;
  std::string cause;
};

// What one worker holds against one upstream. There is none while nothing fails, so a healthy
// upstream costs a null pointer. Counted apart: whether it can be reached at all, and how each
// model is served. A 429 or a refusal is the credential's where the request had one, and then says
// nothing of the upstream. Worker thread only.
class UpstreamBreakers {
 public:
  // Models are text that clients choose: of more than so many the one that failed least recently is
  // forgotten, and names are told apart by so many bytes.
  static constexpr size_t kMostModels = 256;
  static constexpr size_t kModelBytes = 256;

  // Whether `answer` is one that somebody with nothing against the upstream need not hear of.
  static bool IsGood(const model::UpstreamAnswer& answer, bool has_credential);

  // Whether a request for the model may be sent there.
  bool Admits(std::string_view model, MonotonicTime now,
              const settings::HealthSettings& rules) const;
  // One is.
  void Began(std::string_view model, MonotonicTime began);
  // UpstreamWatch::Answered. True: what is ejected has changed.
  bool Answered(const model::UpstreamAnswer& answer, bool has_credential,
                const settings::HealthSettings& rules);

  // Nothing: they fail no longer.
  void SetCheck(std::optional<FailedCheck> failed) { check_ = std::move(failed); }

  // Forgets what has no meaning any more. True: nothing is left at all.
  bool Sweep(MonotonicTime now, const settings::HealthSettings& rules);

  // Appends what is left alone; an ejection stays "ejected" when its time is over. The wall clock's
  // time is `wall_offset` behind the monotonic one's.
  void Report(const std::string& upstream, std::chrono::nanoseconds wall_offset,
              std::vector<model::UpstreamHealth>& out) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Models = std::unordered_map<std::string, Breaker, Hash, std::equal_to<>>;

  Breaker* Find(std::string_view model);
  Breaker& Make(std::string_view model);

  std::optional<Breaker> connection_;
  Models models_;
  std::optional<FailedCheck> check_;
};

}  // namespace llmgw::route::health

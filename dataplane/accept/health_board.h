#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "dataplane/model/upstream_health.h"

namespace llmgw::accept {

// What one worker leaves alone, as it said last. The worker writes it after a change, between two
// requests; anybody may read it.
class HealthBoard {
 public:
  void Put(std::vector<model::UpstreamHealth> health) {
    std::lock_guard lock(mutex_);
    health_ = std::move(health);
  }
  std::vector<model::UpstreamHealth> Get() const {
    std::lock_guard lock(mutex_);
    return health_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<model::UpstreamHealth> health_;  // guarded by mutex_
};

// What any of the workers leaves alone, one entry for each thing, by name: each entry is the worst
// of the workers'. An ejection that is over is a trial, a rest that is over nothing any more.
std::vector<model::UpstreamHealth> MergeHealth(
    const std::vector<std::vector<model::UpstreamHealth>>& of_workers, WallTime now);

}  // namespace llmgw::accept

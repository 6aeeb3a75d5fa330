#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "controlplane/push/rollout_tracker.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::controlplane::push {

// What one connected dataplane leaves alone.
struct DataplaneHealth {
  std::string id;
  WallTime reported_at;  // when it said so, or connected with nothing to say
  config::v1::HealthReport report;
};

// What the connected dataplanes leave alone, as each said last. In memory: each controlplane knows
// the dataplanes of its own streams. Safe for concurrent use.
class HealthTracker {
 public:
  // `clock` must outlive this.
  explicit HealthTracker(const Clock& clock) : clock_(clock) {}

  // Events of a stream that was replaced by a newer one of the same dataplane are ignored.
  void Connected(const RolloutTracker::Connection& connection);
  void Reported(const RolloutTracker::Connection& connection,
                const config::v1::HealthReport& report);
  void Disconnected(const RolloutTracker::Connection& connection);

  // By id.
  std::vector<DataplaneHealth> List() const;

 private:
  struct Entry {
    uint64_t serial = 0;
    DataplaneHealth health;
  };

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // guarded by mutex_
};

}  // namespace llmgw::controlplane::push

#pragma once

#include <prometheus/collectable.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/push/rollout_tracker.h"
#include "controlplane/snapshot/publisher.h"

namespace llmgw::controlplane::app {

// How many dataplanes are connected, serve the current revision, refuse one.
struct FleetCounts {
  uint32_t connected = 0;
  uint32_t current = 0;
  uint32_t refusing = 0;
};
FleetCounts CountFleet(const push::RolloutTracker& tracker, uint64_t current_revision);

// Gauges that are read off the parts when somebody asks: llmgw_config_revision,
// llmgw_dataplanes{state}, llmgw_store_up, llmgw_build_info{program,version}.
class ControlplaneMetrics final : public prometheus::Collectable {
 public:
  // All must outlive this. `store_up` says whether the store answered last.
  ControlplaneMetrics(const snapshot::Publisher& publisher, const push::RolloutTracker& tracker,
                      std::function<bool()> store_up, std::string version)
      : publisher_(publisher),
        tracker_(tracker),
        store_up_(std::move(store_up)),
        version_(std::move(version)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const snapshot::Publisher& publisher_;
  const push::RolloutTracker& tracker_;
  const std::function<bool()> store_up_;
  const std::string version_;
};

}  // namespace llmgw::controlplane::app

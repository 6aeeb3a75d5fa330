#include "controlplane/app/controlplane_metrics.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

namespace llmgw::controlplane::app {
namespace {

using Labels = std::vector<prometheus::ClientMetric::Label>;

prometheus::MetricFamily Gauges(const std::string& name, const std::string& help) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Gauge;
  return family;
}

void AddGauge(prometheus::MetricFamily* family, Labels labels, double value) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  family->metric.push_back(std::move(metric));
}

}  // namespace

FleetCounts CountFleet(const push::RolloutTracker& tracker, uint64_t current_revision) {
  FleetCounts counts;
  for (const auto& status : tracker.List()) {
    if (!status.connected) continue;
    ++counts.connected;
    if (status.Serves(current_revision)) ++counts.current;
    if (status.nacked_revision != 0) ++counts.refusing;
  }
  return counts;
}

std::vector<prometheus::MetricFamily> ControlplaneMetrics::Collect() const {
  auto state = publisher_.Current();
  uint64_t current = state == nullptr ? 0 : state->revision;
  FleetCounts fleet = CountFleet(tracker_, current);
  auto revision = Gauges("llmgw_config_revision", "Revision of the configuration");
  AddGauge(&revision, {}, static_cast<double>(current));
  auto dataplanes = Gauges("llmgw_dataplanes",
                           "Dataplanes on this controlplane: connected, and of those current or "
                           "refusing a revision");
  AddGauge(&dataplanes, {{"state", "connected"}}, fleet.connected);
  AddGauge(&dataplanes, {{"state", "current"}}, fleet.current);
  AddGauge(&dataplanes, {{"state", "refusing"}}, fleet.refusing);
  auto store = Gauges("llmgw_store_up", "1 when the database answered last");
  AddGauge(&store, {}, store_up_() ? 1 : 0);
  auto build = Gauges("llmgw_build_info", "Always 1; the labels say what runs");
  AddGauge(&build, {{"program", "llmgw-controlplane"}, {"version", version_}}, 1);
  return {revision, dataplanes, store, build};
}

}  // namespace llmgw::controlplane::app

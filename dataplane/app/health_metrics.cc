#include "dataplane/app/health_metrics.h"

#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <utility>

namespace llmgw::app {
namespace {

using model::HealthState;
using prometheus::MetricFamily;

struct Counts {
  int ejected = 0;
  int resting = 0;
  bool check_failed = false;
};

MetricFamily Gauge(const char* name, const char* help) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Gauge;
  return family;
}

void Add(MetricFamily& family, const std::string& upstream, double value) {
  auto& metric = family.metric.emplace_back();
  metric.label = {{"upstream", upstream}};
  metric.gauge.value = value;
}

std::map<std::string, Counts> CountsOf(const std::vector<model::UpstreamHealth>& health) {
  std::map<std::string, Counts> counts;
  for (const model::UpstreamHealth& entry : health) {
    Counts& of = counts[entry.upstream];
    switch (entry.state) {
      case HealthState::kEjected:
      case HealthState::kTrial:
        ++of.ejected;
        break;
      case HealthState::kResting:
        ++of.resting;
        break;
      case HealthState::kCheckFailed:
        of.check_failed = true;
        break;
    }
  }
  return counts;
}

}  // namespace

std::vector<MetricFamily> HealthMetrics::Collect() const {
  const settings::SettingsPtr settings = holder_.Current();
  if (settings == nullptr) return {};
  std::map<std::string, Counts> counts = CountsOf(gateway_.health());
  MetricFamily ejected =
      Gauge("llmgw_upstream_ejected",
            "What failures have ejected of an upstream, or is on trial: all of it, or models.");
  MetricFamily checks =
      Gauge("llmgw_upstream_check_failed", "1 while the active checks of an upstream fail.");
  MetricFamily resting = Gauge("llmgw_upstream_credentials_resting",
                               "Credentials that were refused or are out of quota.");
  for (const auto& upstream : settings->upstreams()) {
    const Counts& of = counts[upstream->name];
    Add(ejected, upstream->name, of.ejected);
    if (!upstream->health.check_path.empty()) Add(checks, upstream->name, of.check_failed ? 1 : 0);
    if (!upstream->credentials.empty()) Add(resting, upstream->name, of.resting);
  }
  return {std::move(ejected), std::move(checks), std::move(resting)};
}

}  // namespace llmgw::app

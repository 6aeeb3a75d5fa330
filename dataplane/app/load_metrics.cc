#include "dataplane/app/load_metrics.h"

#include <prometheus/metric_family.h>

#include <limits>
#include <string>
#include <utility>

#include "dataplane/net/budget.h"

namespace llmgw::app {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Family(const char* name, const char* help, MetricType type) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

void Add(MetricFamily& family, std::vector<prometheus::ClientMetric::Label> labels, double value) {
  auto& metric = family.metric.emplace_back();
  metric.label = std::move(labels);
  (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
}

MetricFamily Single(const char* name, const char* help, MetricType type, double value) {
  MetricFamily family = Family(name, help, type);
  Add(family, {}, value);
  return family;
}

double LimitOf(const accept::GatewayLoad::Held& held) {
  return held.limit == net::Budget::kUnlimited ? std::numeric_limits<double>::infinity()
                                               : static_cast<double>(held.limit);
}

MetricFamily Refused(const accept::GatewayLoad& load) {
  MetricFamily family =
      Family("llmgw_refused_total",
             "Connections and requests refused, by the limit that they would have broken.",
             MetricType::Counter);
  for (size_t i = 1; i < load.refused.size(); ++i) {
    Add(family, {{"limit", model::ToString(static_cast<model::Limit>(i))}},
        static_cast<double>(load.refused[i]));
  }
  return family;
}

MetricFamily TimedOut(const accept::GatewayLoad& load) {
  MetricFamily family =
      Family("llmgw_client_timeouts_total",
             "Clients cut off for being too slow, by what they were slow with; keep_alive is an "
             "idle connection and no fault.",
             MetricType::Counter);
  for (size_t i = 1; i < load.timed_out.size(); ++i) {
    Add(family, {{"kind", model::ToString(static_cast<model::ClientTimeout>(i))}},
        static_cast<double>(load.timed_out[i]));
  }
  return family;
}

MetricFamily Cancels(const accept::GatewayLoad& load) {
  MetricFamily family =
      Family("llmgw_upstream_cancels_total",
             "Predictions that nobody waited for any more, by what became of cancelling them at "
             "their upstream; dropped: too many were under way.",
             MetricType::Counter);
  Add(family, {{"result", "done"}}, static_cast<double>(load.cancels_done));
  Add(family, {{"result", "failed"}}, static_cast<double>(load.cancels_failed));
  Add(family, {{"result", "dropped"}}, static_cast<double>(load.cancels_dropped));
  return family;
}

}  // namespace

std::vector<MetricFamily> LoadMetrics::Collect() const {
  const accept::GatewayLoad load = gateway_.load();
  MetricFamily bytes = Family("llmgw_buffered_bytes",
                              "Held now: request bodies, and in memory also what slow peers have "
                              "not taken yet.",
                              MetricType::Gauge);
  Add(bytes, {{"kind", "memory"}}, static_cast<double>(load.memory.now));
  Add(bytes, {{"kind", "file"}}, static_cast<double>(load.files.now));
  MetricFamily most =
      Family("llmgw_buffered_bytes_limit",
             "Beyond it: bodies go from memory to files, from files to 503.", MetricType::Gauge);
  Add(most, {{"kind", "memory"}}, LimitOf(load.memory));
  Add(most, {{"kind", "file"}}, LimitOf(load.files));
  return {
      Single("llmgw_connections_open", "Client connections.", MetricType::Gauge,
             static_cast<double>(load.connections.now)),
      Single("llmgw_connections_limit", "Most client connections; beyond it 503.",
             MetricType::Gauge, LimitOf(load.connections)),
      Single("llmgw_requests_in_flight_limit", "Most requests at once; beyond it 503.",
             MetricType::Gauge, LimitOf(load.in_flight)),
      std::move(bytes),
      std::move(most),
      Refused(load),
      TimedOut(load),
      Cancels(load),
      Single("llmgw_accept_pauses_total",
             "Times that accepting waited for a descriptor to become free.", MetricType::Counter,
             static_cast<double>(load.accept_pauses)),
  };
}

}  // namespace llmgw::app

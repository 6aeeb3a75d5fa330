#include "dataplane/app/dataplane_metrics.h"

#include <prometheus/metric_family.h>

#include <chrono>
#include <string>

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

MetricFamily Gauge(const char* name, const char* help, double value) {
  MetricFamily family = Family(name, help, MetricType::Gauge);
  Add(family, {}, value);
  return family;
}

MetricFamily Counter(const char* name, const char* help, uint64_t value) {
  MetricFamily family = Family(name, help, MetricType::Counter);
  Add(family, {}, static_cast<double>(value));
  return family;
}

void AddConfig(const config_sync::ConfigStatusValues& status,
               const settings::RuntimeSettings* settings, WallTime now,
               std::vector<MetricFamily>& out) {
  out.push_back(Gauge("llmgw_config_revision", "Revision of the configuration in force; 0: none.",
                      static_cast<double>(status.revision)));
  out.push_back(Gauge("llmgw_config_connected", "1 while the stream from the controlplane is open.",
                      status.connected ? 1 : 0));
  if (status.source != config_sync::ConfigSource::kNone) {
    out.push_back(Gauge("llmgw_config_age_seconds", "Since the configuration in force was taken.",
                        std::chrono::duration<double>(now - status.applied_at).count()));
  }
  MetricFamily updates =
      Family("llmgw_config_updates_total",
             "Configurations taken, and refused because they are wrong.", MetricType::Counter);
  Add(updates, {{"result", "applied"}}, static_cast<double>(status.applied));
  Add(updates, {{"result", "refused"}}, static_cast<double>(status.refused));
  out.push_back(std::move(updates));
  if (settings == nullptr) return;
  MetricFamily objects =
      Family("llmgw_config_objects", "What the configuration in force has.", MetricType::Gauge);
  Add(objects, {{"kind", "upstream"}}, static_cast<double>(settings->upstreams().size()));
  Add(objects, {{"kind", "route"}}, static_cast<double>(settings->routes().size()));
  Add(objects, {{"kind", "client_key"}}, static_cast<double>(settings->key_count()));
  out.push_back(std::move(objects));
}

void AddRecords(const record::ReporterCounts& counts, std::vector<MetricFamily>& out) {
  out.push_back(Gauge("llmgw_records_waiting", "Request logs that wait for the controlplane.",
                      static_cast<double>(counts.waiting)));
  out.push_back(Gauge("llmgw_records_waiting_bytes", "Memory that they take.",
                      static_cast<double>(counts.waiting_bytes)));
  out.push_back(Counter("llmgw_records_sent_total", "Request logs that the controlplane stored.",
                        counts.sent));
  out.push_back(Counter("llmgw_records_refused_total",
                        "Request logs lost because the controlplane says that they are wrong.",
                        counts.refused));
  out.push_back(Counter("llmgw_records_dropped_total", "Request logs lost for want of room.",
                        counts.dropped));
  out.push_back(Counter("llmgw_record_calls_failed_total",
                        "Deliveries that failed and were tried again.", counts.failed_calls));
}

}  // namespace

std::vector<MetricFamily> DataplaneMetrics::Collect() const {
  std::vector<MetricFamily> out;
  const settings::SettingsPtr settings = holder_.Current();
  AddConfig(status_.Get(), settings.get(), clock_.Wall(), out);
  if (reporter_ != nullptr) AddRecords(reporter_->counts(), out);
  return out;
}

}  // namespace llmgw::app

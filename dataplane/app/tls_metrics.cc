#include "dataplane/app/tls_metrics.h"

#include <prometheus/metric_family.h>

#include <chrono>
#include <string>
#include <utility>

namespace llmgw::app {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<prometheus::ClientMetric::Label>;

MetricFamily Family(const char* name, const char* help, MetricType type) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

void Add(MetricFamily& family, Labels labels, double value) {
  auto& metric = family.metric.emplace_back();
  metric.label = std::move(labels);
  (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
}

void AddHandshakes(const accept::TlsHandshakes& handshakes, std::vector<MetricFamily>& out) {
  MetricFamily results = Family("llmgw_tls_handshakes_total",
                                "TLS handshakes with clients: full, resumed (cheaper), or failed.",
                                MetricType::Counter);
  MetricFamily failures = Family("llmgw_tls_handshake_failures_total", "The failed ones by reason.",
                                 MetricType::Counter);
  uint64_t failed = 0;
  for (size_t i = 1; i < net::kTlsFailures; ++i) {
    const auto why = static_cast<net::TlsFailure>(i);
    const uint64_t count = handshakes.failed(why);
    failed += count;
    Add(failures, {{"reason", std::string(net::Slug(why))}}, static_cast<double>(count));
  }
  Add(results, {{"result", "full"}}, static_cast<double>(handshakes.full()));
  Add(results, {{"result", "resumed"}}, static_cast<double>(handshakes.resumed()));
  Add(results, {{"result", "failed"}}, static_cast<double>(failed));
  out.push_back(std::move(results));
  out.push_back(std::move(failures));
}

void AddCertificates(const CertificateWatcher& watcher, std::vector<MetricFamily>& out) {
  MetricFamily expiry =
      Family("llmgw_tls_certificate_expiry_timestamp_seconds",
             "When the certificate that serves a name ends, in Unix time.", MetricType::Gauge);
  const CertificateWatcher::Context context = watcher.current();
  for (const auto& certificate : context->certificates()) {
    const double ends =
        std::chrono::duration<double>(certificate.expires.time_since_epoch()).count();
    for (const std::string& name : certificate.names) {
      Add(expiry, {{"name", name}, {"file", certificate.file}}, ends);
    }
    if (certificate.names.empty()) Add(expiry, {{"name", ""}, {"file", certificate.file}}, ends);
  }
  out.push_back(std::move(expiry));
  MetricFamily reloads = Family(
      "llmgw_tls_certificate_reloads_total",
      "Changed certificate files taken, and refused because they are wrong.", MetricType::Counter);
  Add(reloads, {{"result", "applied"}}, static_cast<double>(watcher.applied()));
  Add(reloads, {{"result", "refused"}}, static_cast<double>(watcher.refused()));
  out.push_back(std::move(reloads));
}

}  // namespace

std::vector<MetricFamily> TlsMetrics::Collect() const {
  std::vector<MetricFamily> out;
  AddHandshakes(*handshakes_, out);
  AddCertificates(watcher_, out);
  return out;
}

}  // namespace llmgw::app

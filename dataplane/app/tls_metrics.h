#pragma once

#include <prometheus/collectable.h>

#include <memory>
#include <vector>

#include "dataplane/accept/tls_handshakes.h"
#include "dataplane/app/certificate_watcher.h"

namespace llmgw::app {

// How TLS with clients stands: llmgw_tls_handshakes_total{result} (full, resumed, failed),
// llmgw_tls_handshake_failures_total{reason},
// llmgw_tls_certificate_expiry_timestamp_seconds{name,file},
// llmgw_tls_certificate_reloads_total{result}. Safe for concurrent use. The watcher must outlive
// it.
class TlsMetrics final : public prometheus::Collectable {
 public:
  TlsMetrics(const CertificateWatcher& watcher,
             std::shared_ptr<const accept::TlsHandshakes> handshakes)
      : watcher_(watcher), handshakes_(std::move(handshakes)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const CertificateWatcher& watcher_;
  const std::shared_ptr<const accept::TlsHandshakes> handshakes_;
};

}  // namespace llmgw::app

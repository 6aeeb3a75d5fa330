#pragma once

#include <prometheus/collectable.h>

#include <vector>

#include "dataplane/accept/gateway.h"

namespace llmgw::app {

// How full the dataplane is and what it refused because of it:
//   llmgw_connections_open, llmgw_connections_limit
//   llmgw_requests_in_flight_limit (+Inf: none); llmgw_requests_in_flight is among RequestMetrics
//   llmgw_buffered_bytes{kind}, llmgw_buffered_bytes_limit{kind}: memory, file
//   llmgw_refused_total{limit}: connections, in_flight, buffered_bytes, head_size, body_size,
//   descriptors
//   llmgw_client_timeouts_total{kind}: head, body, keep_alive (an idle connection; no fault), write
//   llmgw_accept_pauses_total
//   llmgw_upstream_cancels_total{result}
// Safe for concurrent use. The gateway must outlive it.
class LoadMetrics final : public prometheus::Collectable {
 public:
  explicit LoadMetrics(const accept::Gateway& gateway) : gateway_(gateway) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const accept::Gateway& gateway_;
};

}  // namespace llmgw::app

#pragma once

#include <prometheus/collectable.h>

#include <memory>
#include <mutex>
#include <vector>

#include "dataplane/record/worker_metrics.h"

namespace llmgw::record {

// What the dataplane's /metrics says of requests: the sum over the workers' cells, made when it is
// asked for. Families:
//   llmgw_requests_total{route,upstream,model,status,fault}
//   llmgw_requests_failed_total{route,reason,fault}
//   llmgw_requests_in_flight
//   llmgw_request_duration_seconds, llmgw_time_to_first_byte_seconds,
//   llmgw_gateway_overhead_seconds {route,upstream}, histograms
//   llmgw_request_bytes_total, llmgw_response_bytes_total {route,upstream}
//   llmgw_tokens_total{route,upstream,model,kind}
//   llmgw_stream_chunks_total
//   llmgw_tunnels_open: connections switched to another protocol (WebSocket). Each is a request
//     with status 101 when it ends; its time is in llmgw_tunnel_duration_seconds{route,upstream}
//     and not in llmgw_request_duration_seconds
//   llmgw_tunnel_bytes_total{from}, as they pass; at the tunnel's end they are in
//     llmgw_request_bytes_total and llmgw_response_bytes_total too
//   llmgw_upstream_attempts_total{upstream,outcome}
//   llmgw_credential_rests_total{upstream,credential,status}: a worker began to leave it alone
//   llmgw_retry_budget_spent_total{route}: requests that were not tried again for it
// Safe for concurrent use. Must outlive the workers.
class RequestMetrics : public prometheus::Collectable {
 public:
  // Cells of one more worker; lives as long as this.
  WorkerMetrics& AddWorker();

  std::vector<prometheus::MetricFamily> Collect() const override;

  uint64_t requests_in_flight() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<WorkerMetrics>> workers_;  // guarded by mutex_
};

}  // namespace llmgw::record

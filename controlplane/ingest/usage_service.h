#pragma once

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <atomic>
#include <cstdint>
#include <functional>

#include "common/base/result.h"
#include "common/rpc/bearer.h"
#include "controlplane/store/log_store.h"
#include "llmgw/usage/v1/usage_service.grpc.pb.h"

namespace llmgw::controlplane::ingest {

// Takes batches of request records from dataplanes that show the dataplane token. A batch is
// answered only when it is stored; anything else tells the sender to keep it. Counts
// llmgw_ingest_records_total{result="stored"|"duplicate"} and llmgw_ingest_batches_total{code}.
// Safe for concurrent use.
//
// Storing occupies a thread of the server, and a slow database occupies it for long. So only some
// of them (kMostAtOnce) may be storing; further batches are UNAVAILABLE, the dataplanes keep them,
// and administration goes on.
class UsageService final : public usage::v1::UsageService::Service {
 public:
  // Half of rpc::ServerLimits::most_threads.
  static constexpr int kMostAtOnce = 16;

  // All must outlive this. `stored` is told after every batch that brought something new; it must
  // be quick.
  UsageService(store::LogStore& logs, const rpc::BearerAuthorizer& authorizer,
               prometheus::Registry& registry, std::function<void()> stored);

  grpc::Status Report(grpc::ServerContext* context, const usage::v1::ReportRequest* request,
                      usage::v1::ReportResponse* response) override;

  // Records stored by this process.
  uint64_t records_stored() const { return records_stored_; }

 private:
  Status Store(grpc::ServerContext& context, const usage::v1::ReportRequest& request,
               usage::v1::ReportResponse* response);

  store::LogStore& logs_;
  const rpc::BearerAuthorizer& authorizer_;
  const std::function<void()> stored_;
  std::atomic<uint64_t> records_stored_ = 0;
  std::atomic<int> storing_ = 0;
  prometheus::Family<prometheus::Counter>& batches_;
  prometheus::Counter& new_records_;
  prometheus::Counter& duplicates_;
};

}  // namespace llmgw::controlplane::ingest

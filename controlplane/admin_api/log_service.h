#pragma once

#include "controlplane/admin_api/admin_calls.h"
#include "controlplane/admin_api/log_tail.h"
#include "controlplane/store/config_store.h"
#include "controlplane/store/log_store.h"
#include "llmgw/admin/v1/log_service.grpc.pb.h"

namespace llmgw::controlplane::admin_api {

class LogService final
    : public admin::v1::LogService::WithCallbackMethod_TailLogs<admin::v1::LogService::Service> {
 public:
  // All must outlive this.
  LogService(AdminCalls& calls, store::ConfigStore& config, store::LogStore& logs,
             LogTailHub& tails)
      : calls_(calls), config_(config), logs_(logs), tails_(tails) {}

  grpc::Status ListLogs(grpc::ServerContext* context, const admin::v1::ListLogsRequest* request,
                        admin::v1::ListLogsResponse* response) override;
  grpc::Status GetLog(grpc::ServerContext* context, const admin::v1::GetLogRequest* request,
                      usage::v1::RequestRecord* response) override;
  grpc::ServerWriteReactor<usage::v1::RequestRecord>* TailLogs(
      grpc::CallbackServerContext* context, const admin::v1::TailLogsRequest* request) override;

 private:
  Status BeginTail(grpc::CallbackServerContext& context, const admin::v1::TailLogsRequest& request,
                   std::shared_ptr<TailCall> call);

  AdminCalls& calls_;
  store::ConfigStore& config_;
  store::LogStore& logs_;
  LogTailHub& tails_;
};

}  // namespace llmgw::controlplane::admin_api

#pragma once

#include "controlplane/admin_api/admin_calls.h"
#include "controlplane/admin_api/config_editor.h"
#include "controlplane/push/health_tracker.h"
#include "llmgw/admin/v1/upstream_service.grpc.pb.h"

namespace llmgw::controlplane::admin_api {

// See the proto file for what each call means. Safe for concurrent use, like all services here.
class UpstreamService final : public admin::v1::UpstreamService::Service {
 public:
  // All must outlive this.
  UpstreamService(AdminCalls& calls, ConfigEditor& editor, const push::HealthTracker& health)
      : calls_(calls), editor_(editor), health_(health) {}

  grpc::Status ListUpstreams(grpc::ServerContext* context,
                             const admin::v1::ListUpstreamsRequest* request,
                             admin::v1::ListUpstreamsResponse* response) override;
  grpc::Status GetUpstream(grpc::ServerContext* context,
                           const admin::v1::GetUpstreamRequest* request,
                           admin::v1::UpstreamEntry* response) override;
  grpc::Status CreateUpstream(grpc::ServerContext* context,
                              const admin::v1::CreateUpstreamRequest* request,
                              admin::v1::UpstreamEntry* response) override;
  grpc::Status UpdateUpstream(grpc::ServerContext* context,
                              const admin::v1::UpdateUpstreamRequest* request,
                              admin::v1::UpstreamEntry* response) override;
  grpc::Status DeleteUpstream(grpc::ServerContext* context,
                              const admin::v1::DeleteUpstreamRequest* request,
                              admin::v1::DeleteUpstreamResponse* response) override;
  grpc::Status GetUpstreamHealth(grpc::ServerContext* context,
                                 const admin::v1::GetUpstreamHealthRequest* request,
                                 admin::v1::GetUpstreamHealthResponse* response) override;

 private:
  AdminCalls& calls_;
  ConfigEditor& editor_;
  const push::HealthTracker& health_;
};

}  // namespace llmgw::controlplane::admin_api

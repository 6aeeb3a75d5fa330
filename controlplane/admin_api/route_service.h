#pragma once

#include "controlplane/admin_api/admin_calls.h"
#include "controlplane/admin_api/config_editor.h"
#include "llmgw/admin/v1/route_service.grpc.pb.h"

namespace llmgw::controlplane::admin_api {

class RouteService final : public admin::v1::RouteService::Service {
 public:
  // Both must outlive this.
  RouteService(AdminCalls& calls, ConfigEditor& editor) : calls_(calls), editor_(editor) {}

  grpc::Status ListRoutes(grpc::ServerContext* context, const admin::v1::ListRoutesRequest* request,
                          admin::v1::ListRoutesResponse* response) override;
  grpc::Status GetRoute(grpc::ServerContext* context, const admin::v1::GetRouteRequest* request,
                        admin::v1::RouteEntry* response) override;
  grpc::Status CreateRoute(grpc::ServerContext* context,
                           const admin::v1::CreateRouteRequest* request,
                           admin::v1::RouteEntry* response) override;
  grpc::Status UpdateRoute(grpc::ServerContext* context,
                           const admin::v1::UpdateRouteRequest* request,
                           admin::v1::RouteEntry* response) override;
  grpc::Status DeleteRoute(grpc::ServerContext* context,
                           const admin::v1::DeleteRouteRequest* request,
                           admin::v1::DeleteRouteResponse* response) override;

 private:
  AdminCalls& calls_;
  ConfigEditor& editor_;
};

}  // namespace llmgw::controlplane::admin_api

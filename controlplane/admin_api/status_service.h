#pragma once

#include <functional>

#include "controlplane/admin_api/admin_calls.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"

namespace llmgw::controlplane::admin_api {

// Shows what its `describe` says; the composition root, which knows all the parts, gives it.
class StatusService final : public admin::v1::StatusService::Service {
 public:
  using Describe = std::function<admin::v1::GetStatusResponse()>;

  // `calls` must outlive this.
  StatusService(AdminCalls& calls, Describe describe)
      : calls_(calls), describe_(std::move(describe)) {}

  grpc::Status GetStatus(grpc::ServerContext* context, const admin::v1::GetStatusRequest*,
                         admin::v1::GetStatusResponse* response) override {
    return calls_.Run(*context, "StatusService/GetStatus", [&](const Caller&) -> Status {
      *response = describe_();
      return {};
    });
  }

 private:
  AdminCalls& calls_;
  const Describe describe_;
};

}  // namespace llmgw::controlplane::admin_api

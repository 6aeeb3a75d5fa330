#pragma once

#include "controlplane/admin_api/admin_calls.h"
#include "controlplane/push/rollout_tracker.h"
#include "controlplane/snapshot/publisher.h"
#include "llmgw/admin/v1/system_service.grpc.pb.h"

namespace llmgw::controlplane::admin_api {

// WaitForRollout waits without a thread.
class DataplaneService final
    : public admin::v1::DataplaneService::WithCallbackMethod_WaitForRollout<
          admin::v1::DataplaneService::Service> {
 public:
  // All must outlive this.
  DataplaneService(AdminCalls& calls, push::RolloutTracker& tracker,
                   const snapshot::Publisher& publisher)
      : calls_(calls), tracker_(tracker), publisher_(publisher) {}

  grpc::Status ListDataplanes(grpc::ServerContext* context,
                              const admin::v1::ListDataplanesRequest* request,
                              admin::v1::ListDataplanesResponse* response) override;
  grpc::Status GetDataplane(grpc::ServerContext* context,
                            const admin::v1::GetDataplaneRequest* request,
                            admin::v1::Dataplane* response) override;
  grpc::ServerUnaryReactor* WaitForRollout(grpc::CallbackServerContext* context,
                                           const admin::v1::WaitForRolloutRequest* request,
                                           admin::v1::WaitForRolloutResponse* response) override;

 private:
  AdminCalls& calls_;
  push::RolloutTracker& tracker_;
  const snapshot::Publisher& publisher_;
};

}  // namespace llmgw::controlplane::admin_api

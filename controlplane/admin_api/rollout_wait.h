#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

#include "controlplane/push/rollout_tracker.h"
#include "llmgw/admin/v1/system_service.pb.h"

namespace llmgw::controlplane::admin_api {

admin::v1::Dataplane ShowDataplane(const push::DataplaneStatus& status);

// One WaitForRollout call: ends with the first of settled, time over, caller gone. Owns itself from
// Start to OnDone.
class RolloutWait final : public grpc::ServerUnaryReactor {
 public:
  // `tracker` and `response` must outlive the call. `finish` makes its status.
  static RolloutWait* Start(push::RolloutTracker& tracker, uint64_t revision,
                            std::chrono::milliseconds timeout,
                            admin::v1::WaitForRolloutResponse* response,
                            std::function<grpc::Status()> finish);

 private:
  RolloutWait(push::RolloutTracker& tracker, uint64_t revision,
              admin::v1::WaitForRolloutResponse* response, std::function<grpc::Status()> finish);

  void Answer();
  void OnCancel() override { Answer(); }
  void OnDone() override;

  push::RolloutTracker& tracker_;
  const uint64_t revision_;
  admin::v1::WaitForRolloutResponse* const response_;
  const std::function<grpc::Status()> finish_;
  std::shared_ptr<RolloutWait> self_;  // until OnDone
  std::atomic<bool> answered_ = false;
  std::atomic<uint64_t> wait_ = 0;
  grpc::Alarm alarm_;
};

}  // namespace llmgw::controlplane::admin_api

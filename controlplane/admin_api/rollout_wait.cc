#include "controlplane/admin_api/rollout_wait.h"

#include "controlplane/admin_api/resource_lookup.h"

namespace llmgw::controlplane::admin_api {

admin::v1::Dataplane ShowDataplane(const push::DataplaneStatus& status) {
  admin::v1::Dataplane shown;
  shown.set_id(status.id);
  shown.set_version(status.version);
  shown.set_address(status.address);
  shown.set_peer(status.peer);
  shown.set_connected(status.connected);
  shown.set_acked_revision(status.acked_revision);
  shown.set_sent_revision(status.sent_revision);
  shown.set_nacked_revision(status.nacked_revision);
  shown.set_nack_reason(status.nack_reason);
  shown.set_nack_field(status.nack_field);
  *shown.mutable_started_at() = ToProto(status.started_at);
  *shown.mutable_connected_at() = ToProto(status.connected_at);
  *shown.mutable_last_seen_at() = ToProto(status.last_seen_at);
  shown.set_requests_in_flight(status.requests_in_flight);
  return shown;
}

RolloutWait::RolloutWait(push::RolloutTracker& tracker, uint64_t revision,
                         admin::v1::WaitForRolloutResponse* response,
                         std::function<grpc::Status()> finish)
    : tracker_(tracker), revision_(revision), response_(response), finish_(std::move(finish)) {}

RolloutWait* RolloutWait::Start(push::RolloutTracker& tracker, uint64_t revision,
                                std::chrono::milliseconds timeout,
                                admin::v1::WaitForRolloutResponse* response,
                                std::function<grpc::Status()> finish) {
  std::shared_ptr<RolloutWait> wait(
      new RolloutWait(tracker, revision, response, std::move(finish)));
  wait->self_ = wait;
  // The alarm keeps its callback as long as it lives, and it lives in the call: the reference is
  // taken out when it fires or is cancelled.
  auto held = std::make_shared<std::shared_ptr<RolloutWait>>(wait);
  wait->alarm_.Set(std::chrono::system_clock::now() + timeout, [held](bool) {
    auto fired = std::move(*held);
    fired->Answer();
  });
  wait->wait_ = tracker.WhenSettled(revision, [wait] { wait->Answer(); });
  return wait.get();
}

void RolloutWait::Answer() {
  if (answered_.exchange(true)) return;
  tracker_.Forget(wait_);
  alarm_.Cancel();
  bool complete = true;
  for (const auto& status : tracker_.List()) {
    if (!status.connected) continue;
    response_->set_connected(response_->connected() + 1);
    if (status.Serves(revision_)) continue;
    complete = false;
    *response_->add_lagging() = ShowDataplane(status);
  }
  response_->set_complete(complete);
  Finish(finish_());
}

void RolloutWait::OnDone() { auto keep = std::move(self_); }

}  // namespace llmgw::controlplane::admin_api

#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/rpc/pump.h"
#include "controlplane/push/health_tracker.h"
#include "controlplane/push/rollout_tracker.h"
#include "controlplane/push/session.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::controlplane::push {

// One stream: carries what its Session decides, and tells the tracker what happens. Uses no thread
// of its own, so hundreds may stay open; messages are raw bytes so that all streams share one
// encoded snapshot. Owns itself from Make until the stream is done.
class StreamReactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // Told once, when the stream is over.
  using Gone = std::function<void(StreamReactor*)>;

  // `publisher` and the trackers must outlive the stream.
  static std::shared_ptr<StreamReactor> Make(snapshot::Publisher& publisher,
                                             RolloutTracker& tracker, HealthTracker& health,
                                             std::string peer, Gone gone);

  // Looks whether there is something to send or to end. Any thread.
  void Kick();
  // Ends the stream with `status` after the write under way. The first status counts. Any thread.
  void End(grpc::Status status);
  // The dataplane on this stream; empty before its hello.
  std::string DataplaneId() const;

 private:
  StreamReactor(snapshot::Publisher& publisher, RolloutTracker& tracker, HealthTracker& health,
                std::string peer, Gone gone);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  bool Step();
  // What the next step is to do; empty when nothing. The result runs without the lock. REQUIRES:
  // mutex_ held.
  std::function<void()> Decide();
  std::function<void()> DecideWrite();
  // Status of a message that was read. REQUIRES: mutex_ held.
  Status Take(const config::v1::DataplaneMessage& message);
  Status TakeHello(const config::v1::Hello& hello);

  snapshot::Publisher& publisher_;
  RolloutTracker& tracker_;
  HealthTracker& health_;
  const std::string peer_;
  Gone gone_;
  std::shared_ptr<StreamReactor> self_;  // until OnDone
  rpc::Pump pump_;

  // Touched only by steps and by gRPC between a start and its reaction.
  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;

  mutable std::mutex mutex_;
  Session session_;                                       // guarded by mutex_, like all below
  std::optional<RolloutTracker::Connection> connection_;  // set by the hello
  std::optional<grpc::Status> end_;
  bool reading_ = false;
  bool writing_ = false;
  bool finished_ = false;
};

}  // namespace llmgw::controlplane::push

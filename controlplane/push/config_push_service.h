#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "common/rpc/bearer.h"
#include "controlplane/push/health_tracker.h"
#include "controlplane/push/rollout_tracker.h"
#include "controlplane/push/stream_reactor.h"
#include "controlplane/snapshot/publisher.h"
#include "llmgw/config/v1/config_service.grpc.pb.h"

namespace llmgw::controlplane::push {

// The config service: takes streams of dataplanes that show the dataplane token and keeps each up
// to date. Safe for concurrent use.
class ConfigPushService final : public config::v1::ConfigService::WithRawCallbackMethod_Stream<
                                    config::v1::ConfigService::Service> {
 public:
  // All must outlive this.
  ConfigPushService(snapshot::Publisher& publisher, RolloutTracker& tracker, HealthTracker& health,
                    const rpc::BearerAuthorizer& authorizer);
  // REQUIRES: the server is shut down.
  ~ConfigPushService() override = default;

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Stream(
      grpc::CallbackServerContext* context) override;

  // Lets every stream look for something to send: a listener of the publisher.
  void KickAll();

  // Ends every stream with UNAVAILABLE, and every later one at once. Returns when all are gone or
  // `bound` has passed.
  void Stop(std::chrono::milliseconds bound);

 private:
  std::vector<std::shared_ptr<StreamReactor>> Streams();
  void Remove(StreamReactor* stream);

  snapshot::Publisher& publisher_;
  RolloutTracker& tracker_;
  HealthTracker& health_;
  const rpc::BearerAuthorizer& authorizer_;
  std::mutex mutex_;
  std::condition_variable emptied_;
  bool stopping_ = false;                                                       // guarded by mutex_
  std::unordered_map<StreamReactor*, std::shared_ptr<StreamReactor>> streams_;  // guarded by mutex_
};

}  // namespace llmgw::controlplane::push

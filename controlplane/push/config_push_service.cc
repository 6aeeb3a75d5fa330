#include "controlplane/push/config_push_service.h"

#include <spdlog/spdlog.h>

#include "common/rpc/peer.h"
#include "common/rpc/status.h"

namespace llmgw::controlplane::push {
namespace {

grpc::Status Stopping() {
  return {grpc::StatusCode::UNAVAILABLE, "this controlplane is stopping; connect again"};
}

}  // namespace

ConfigPushService::ConfigPushService(snapshot::Publisher& publisher, RolloutTracker& tracker,
                                     HealthTracker& health, const rpc::BearerAuthorizer& authorizer)
    : publisher_(publisher), tracker_(tracker), health_(health), authorizer_(authorizer) {}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ConfigPushService::Stream(
    grpc::CallbackServerContext* context) {
  auto stream =
      StreamReactor::Make(publisher_, tracker_, health_, rpc::PeerAddress(context->peer()),
                          [this](StreamReactor* gone) { Remove(gone); });
  bool stopping = false;
  {
    std::lock_guard lock(mutex_);
    streams_[stream.get()] = stream;
    stopping = stopping_;
  }
  if (auto allowed = authorizer_.Check(*context); !allowed) {
    spdlog::warn("a dataplane at {} was refused: {}", rpc::PeerAddress(context->peer()),
                 allowed.error().message);
    stream->End(rpc::ToGrpcStatus(allowed.error(), *context));
  } else if (stopping) {
    stream->End(Stopping());
  } else {
    stream->Kick();
  }
  return stream.get();
}

void ConfigPushService::KickAll() {
  for (const auto& stream : Streams()) stream->Kick();
}

void ConfigPushService::Stop(std::chrono::milliseconds bound) {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  for (const auto& stream : Streams()) stream->End(Stopping());
  std::unique_lock lock(mutex_);
  emptied_.wait_for(lock, bound, [this] { return streams_.empty(); });
}

std::vector<std::shared_ptr<StreamReactor>> ConfigPushService::Streams() {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<StreamReactor>> streams;
  streams.reserve(streams_.size());
  for (const auto& [raw, stream] : streams_) streams.push_back(stream);
  return streams;
}

void ConfigPushService::Remove(StreamReactor* stream) {
  std::lock_guard lock(mutex_);
  streams_.erase(stream);
  if (streams_.empty()) emptied_.notify_all();
}

}  // namespace llmgw::controlplane::push

#include "controlplane/snapshot/publisher.h"

#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::controlplane::snapshot {

void Publisher::Publish(std::shared_ptr<const store::ConfigState> state) {
  std::lock_guard publishing(publishing_);
  {
    std::lock_guard lock(state_mutex_);
    if (current_ != nullptr && !state->IsNewerThan(*current_)) return;
    current_ = std::move(state);
  }
  for (const auto& listener : listeners_) listener();
}

std::shared_ptr<const store::ConfigState> Publisher::Current() const {
  std::lock_guard lock(state_mutex_);
  return current_;
}

Status Publisher::KeepCacheFor(const std::shared_ptr<const store::ConfigState>& state) {
  if (state == nullptr) return Fail(Unavailable("the configuration has not been read yet"));
  if (cached_for_ == state) return {};
  cached_for_ = state;
  full_.reset();
  deltas_.clear();
  return {};
}

Result<Payload> Publisher::Full() {
  std::lock_guard lock(build_mutex_);
  auto state = Current();
  TRY(KeepCacheFor(state));
  return FullOf(state);
}

Result<Payload> Publisher::FullOf(const std::shared_ptr<const store::ConfigState>& state) {
  if (full_ == nullptr) {
    config::v1::ControlplaneMessage message;
    TRY_ASSIGN(*message.mutable_snapshot(), builder_.BuildSnapshot(*state));
    full_ = std::make_shared<const std::string>(message.SerializeAsString());
  }
  return Payload{state, full_, true};
}

Result<Payload> Publisher::Delta(const store::ConfigState& from) {
  std::lock_guard lock(build_mutex_);
  auto state = Current();
  TRY(KeepCacheFor(state));
  if (from.epoch != state->epoch) return FullOf(state);
  Bytes& bytes = deltas_[from.revision];
  if (bytes == nullptr) {
    config::v1::ControlplaneMessage message;
    TRY_ASSIGN(*message.mutable_delta(), builder_.BuildDelta(from, *state));
    bytes = std::make_shared<const std::string>(message.SerializeAsString());
  }
  return Payload{state, bytes, false};
}

}  // namespace llmgw::controlplane::snapshot

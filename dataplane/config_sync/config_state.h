#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::config_sync {

// The configuration as the controlplane described it: what the next delta is applied to. A value:
// copies share their resources, so that a candidate costs a list of pointers and is simply thrown
// away when it turns out to be bad. Safe to read from any thread.
class ConfigState {
 public:
  ConfigState() = default;

  static ConfigState FromSnapshot(uint64_t revision, config::v1::Snapshot snapshot);

  // This state and the change. Replaced resources keep their place, new ones go last.
  // kConflict when the delta starts from another revision, kInvalidArgument when it is malformed;
  // removing what is not there is fine.
  Result<ConfigState> WithDelta(uint64_t revision, const config::v1::Delta& delta) const;

  uint64_t revision() const { return revision_; }
  size_t size() const { return resources_.size(); }

 private:
  friend class SnapshotView;

  uint64_t revision_ = 0;
  std::string store_id_;
  std::string client_key_hash_key_;
  std::vector<std::shared_ptr<const config::v1::Resource>> resources_;
};

// A state as the message that the validator, the compiler and the serializer take, without copying
// a resource. REQUIRES: the state outlives it.
class SnapshotView {
 public:
  explicit SnapshotView(const ConfigState& state);
  ~SnapshotView();
  SnapshotView(const SnapshotView&) = delete;
  SnapshotView& operator=(const SnapshotView&) = delete;

  const config::v1::Snapshot& operator*() const { return snapshot_; }

 private:
  config::v1::Snapshot snapshot_;
};

}  // namespace llmgw::config_sync

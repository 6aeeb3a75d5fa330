#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "controlplane/snapshot/snapshot_builder.h"
#include "controlplane/store/config_store.h"

namespace llmgw::controlplane::snapshot {

// What one update says, encoded once and shared by every stream that sends it.
struct Payload {
  std::shared_ptr<const store::ConfigState> state;  // what the dataplane has after it
  // A ControlplaneMessage with only its payload set, serialized. Protobuf messages concatenate:
  // revision and nonce go in front.
  std::shared_ptr<const std::string> bytes;
  bool full = false;  // a snapshot, not a delta
};

// Holds the current state and tells listeners when there is a newer one. Payloads are built when
// first asked for and kept for the current revision only (a full one with 100,000 keys is about 20
// MB). Safe for concurrent use.
class Publisher {
 public:
  // `builder` must outlive this.
  explicit Publisher(const SnapshotBuilder& builder) : builder_(builder) {}

  // Makes `state` the current one and tells the listeners, unless it is not newer than what is
  // current: a state of a later epoch is, whatever its revision. Returns when the listeners know of
  // `state`, or of a newer one.
  void Publish(std::shared_ptr<const store::ConfigState> state);

  // Null before the first Publish.
  std::shared_ptr<const store::ConfigState> Current() const;

  // Everything, at the current state. kUnavailable before the first Publish; otherwise the
  // builder's errors.
  Result<Payload> Full();
  // From `from` to the current state. Everything when that is of another epoch: its resources may
  // differ at equal revisions.
  Result<Payload> Delta(const store::ConfigState& from);

  // Called on the publishing thread after every change of Current(); must be quick and must not
  // Publish. Add all before the first Publish.
  void AddListener(std::function<void()> listener) { listeners_.push_back(std::move(listener)); }

 private:
  using Bytes = std::shared_ptr<const std::string>;

  // Forgets what was built for an older state. REQUIRES: build_mutex_ held.
  Status KeepCacheFor(const std::shared_ptr<const store::ConfigState>& state);
  // REQUIRES: build_mutex_ held, and the cache is kept for `state`.
  Result<Payload> FullOf(const std::shared_ptr<const store::ConfigState>& state);

  const SnapshotBuilder& builder_;
  std::vector<std::function<void()>> listeners_;

  std::mutex publishing_;  // held while listeners run; taken before the others
  mutable std::mutex state_mutex_;
  std::shared_ptr<const store::ConfigState> current_;  // guarded by state_mutex_

  std::mutex build_mutex_;  // taken before state_mutex_, held while building
  std::shared_ptr<const store::ConfigState> cached_for_;  // guarded by build_mutex_
  Bytes full_;                                            // guarded by build_mutex_
  std::map<uint64_t, Bytes> deltas_;  // by from revision; guarded by build_mutex_
};

}  // namespace llmgw::controlplane::snapshot

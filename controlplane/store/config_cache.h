#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "common/base/result.h"
#include "controlplane/store/config_store.h"

namespace llmgw::controlplane::store {

// One resource that changed; null when it is gone.
struct ChangedResource {
  ResourceId id;
  std::shared_ptr<const StoredResource> next;
};

// Reads rows within one transaction of the caller, so that all answers show the same moment.
class ConfigReader {
 public:
  virtual ~ConfigReader() = default;
  virtual Result<uint64_t> ReadRevision() = 0;
  virtual Result<std::vector<ChangedResource>> ReadAll() = 0;
  // What changed after revision `after`, each resource once, as it is now. Sets `complete` to false
  // when the audit no longer has every revision since (it is the change feed, and old entries may
  // have been removed by hand).
  virtual Result<std::vector<ChangedResource>> ReadChanged(uint64_t after, uint64_t revision,
                                                           bool* complete) = 0;
};

// The last state read or committed by this process. A refresh reads only what has changed since.
// Safe for concurrent use.
class ConfigCache {
 public:
  // Null before the first refresh.
  std::shared_ptr<const ConfigState> Get() const;

  // The state that `reader` shows, which also becomes the cached one unless another thread has
  // brought in a newer one meanwhile. A revision below the cached one (the database was set back)
  // is followed, in a new epoch.
  Result<std::shared_ptr<const ConfigState>> Refresh(ConfigReader& reader);

  // After a commit. Keeps what it has when that is newer.
  void Advance(std::shared_ptr<const ConfigState> next);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ConfigState> state_;  // guarded by mutex_
};

}  // namespace llmgw::controlplane::store

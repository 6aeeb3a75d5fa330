#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::controlplane::store {

// An upstream's secret as it is stored: sealed with AES-256-GCM under the sealing key named
// `key_id`.
struct SealedSecret {
  std::string credential_id;
  std::string key_id;
  std::string sealed;  // nonce, ciphertext and tag
};

// A resource as the store keeps it. `resource` has no secrets: they are in `secrets`, in the order
// in which the change gave them.
struct StoredResource {
  config::v1::Resource resource;
  std::vector<SealedSecret> secrets;
  std::chrono::system_clock::time_point created_at;
  std::chrono::system_clock::time_point updated_at;
};

// kind ("upstream", "route", "client_key") and name (Upstream.name, Route.name, ClientKey.id).
using ResourceId = std::pair<std::string, std::string>;

// The whole configuration at one revision. Immutable once published.
struct ConfigState {
  uint64_t revision = 0;
  // How often this process has seen the database set back (a backup restored). The same revision in
  // two epochs is two configurations.
  uint64_t epoch = 0;
  std::map<ResourceId, std::shared_ptr<const StoredResource>> resources;

  std::shared_ptr<const StoredResource> Find(const std::string& kind,
                                             const std::string& name) const {
    auto it = resources.find({kind, name});
    return it == resources.end() ? nullptr : it->second;
  }

  bool IsNewerThan(const ConfigState& other) const {
    return epoch != other.epoch ? epoch > other.epoch : revision > other.revision;
  }
};

// Who did what, with the JSON of the resource before and after, without secrets.
struct AuditRecord {
  uint64_t revision = 0;
  std::chrono::system_clock::time_point time;
  std::string actor;
  std::string action;  // "create", "update", "delete", "revoke"
  std::string kind;
  std::string name;
  std::string before_json;
  std::string after_json;
};

// One change of one resource: an upsert when `body` is set, a removal otherwise. The store fills
// revision, created_revision and times, and clears any secret or token left in `body` before it
// writes.
struct Change {
  std::string action;
  std::string actor;
  ResourceId id;
  std::optional<config::v1::Resource> body;
  std::vector<SealedSecret> secrets;  // the complete set after the change; ignored for removals
};

struct Committed {
  std::shared_ptr<const ConfigState> state;  // after the change
};

// Keeps the configuration, its history and the store's own secrets. Implementations are safe for
// concurrent use by several threads of one process and by several processes on one database.
// Errors: kUnavailable when the database can't be reached or stays locked, kDeadlineExceeded when a
// statement takes too long, kResourceExhausted when the disk is full, whatever `decide` returned,
// kInternal otherwise. After an error nothing was changed, with one exception that can't be
// avoided: a connection that breaks inside a commit leaves it open whether that was saved; the
// message of the kUnavailable says so, and the next Load() shows it.
class ConfigStore {
 public:
  virtual ~ConfigStore() = default;

  // "sqlite" or "postgres".
  virtual std::string_view kind() const = 0;

  // Identity of this database, made when it was created.
  virtual Result<std::string> StoreId() = 0;

  // The current configuration. Cheap when nothing has changed since the last call (one query for
  // the revision); otherwise only what has changed is read. Never waits for a Transact. A revision
  // below the last one known starts a new epoch, here and in Transact.
  virtual Result<std::shared_ptr<const ConfigState>> Load() = 0;

  // Makes one change in one transaction: takes the store's change lock, shows `decide` the current
  // state, and commits what it returns together with its audit entry and a new revision (the
  // current one plus one). When `decide` fails nothing is changed and its error is returned.
  // `decide` is called at most once, on the calling thread; it may Load() but must not change this
  // store, and it should be quick, because all other changes wait for it. kNotFound for the removal
  // of what is not there.
  using Decide = std::function<Result<Change>(const ConfigState& current)>;
  virtual Result<Committed> Transact(const Decide& decide) = 0;

  // Audit entries, newest first, below `before_revision` (0: from the newest). Empty kind or name:
  // any.
  virtual Result<std::vector<AuditRecord>> ListAudit(const std::string& kind,
                                                     const std::string& name,
                                                     uint64_t before_revision, size_t limit) = 0;

  // A small named value, such as the client key hash key (sealed). Returns the stored one when it
  // exists, otherwise stores `initial` and returns it; two processes that race get the same answer.
  virtual Result<std::string> GetOrCreateMeta(const std::string& name,
                                              const std::string& initial) = 0;

  // OK when the database answers.
  virtual Status Ping() = 0;
};

}  // namespace llmgw::controlplane::store

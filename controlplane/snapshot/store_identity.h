#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "common/base/result.h"
#include "common/base/secret_string.h"
#include "controlplane/snapshot/secret_vault.h"
#include "controlplane/store/config_store.h"

namespace llmgw::controlplane::snapshot {

// What never changes about a database: its name, and the key under which client tokens are hashed.
struct StoreIdentity {
  std::string store_id;
  SecretString client_key_hash_key;  // 32 bytes
};

// Reads the identity from the store when it is first needed (the store may be away until then),
// making the hash key when the database is new, and remembers it. Safe for concurrent use.
class StoreIdentitySource {
 public:
  // Both must outlive this.
  StoreIdentitySource(store::ConfigStore& store, const SecretVault& vault)
      : store_(store), vault_(vault) {}

  // kUnavailable while the store is away; kInternal when the sealing key is not this database's.
  Result<std::shared_ptr<const StoreIdentity>> Get();

 private:
  store::ConfigStore& store_;
  const SecretVault& vault_;
  std::mutex mutex_;
  std::shared_ptr<const StoreIdentity> known_;  // guarded by mutex_
};

}  // namespace llmgw::controlplane::snapshot

#pragma once

#include "common/base/result.h"
#include "controlplane/snapshot/secret_vault.h"
#include "controlplane/snapshot/store_identity.h"
#include "controlplane/store/config_store.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::controlplane::snapshot {

// Turns states of the store into what dataplanes receive, with the secrets opened. Stateless, safe
// for concurrent use. Errors: those of StoreIdentitySource::Get and SecretVault::OpenCredential.
class SnapshotBuilder {
 public:
  // Both must outlive this.
  SnapshotBuilder(StoreIdentitySource& identity, const SecretVault& vault)
      : identity_(identity), vault_(vault) {}

  Result<config::v1::Snapshot> BuildSnapshot(const store::ConfigState& state) const;

  // What changed from `from` to `to`: compared by resource, so it is right for any two states of
  // one store. REQUIRES: of one epoch.
  Result<config::v1::Delta> BuildDelta(const store::ConfigState& from,
                                       const store::ConfigState& to) const;

 private:
  Status AppendOpened(const store::StoredResource& stored, config::v1::Resource* into) const;

  StoreIdentitySource& identity_;
  const SecretVault& vault_;
};

}  // namespace llmgw::controlplane::snapshot

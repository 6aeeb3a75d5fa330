#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "controlplane/admin_api/caller.h"
#include "controlplane/admin_api/resource_lookup.h"
#include "controlplane/snapshot/publisher.h"
#include "controlplane/snapshot/secret_vault.h"
#include "controlplane/snapshot/store_identity.h"
#include "controlplane/store/config_store.h"

namespace llmgw::controlplane::admin_api {

// What a caller wants: a resource with this body (an upstream's secrets in clear), or without a
// body that it goes.
struct Proposal {
  std::string action;  // "create", "update", "delete", "revoke"
  store::ResourceId id;
  std::optional<config::v1::Resource> body;
};

struct Applied {
  uint64_t revision = 0;  // of the config, after the change
  StoredPtr after;        // null for a removal
};

// The one way in which the configuration changes: under the store's change lock the proposal is
// made from the current state, its secrets are sealed, the candidate is validated as a whole, and
// row, audit entry and revision are committed together; then the new state is published. Safe for
// concurrent use.
class ConfigEditor {
 public:
  // All must outlive this.
  ConfigEditor(store::ConfigStore& store, snapshot::StoreIdentitySource& identity,
               const snapshot::SecretVault& vault, snapshot::Publisher& publisher)
      : store_(store), identity_(identity), vault_(vault), publisher_(publisher) {}

  // Errors: what `propose` returned, kInvalidArgument of the validator, the store's.
  using Propose = std::function<Result<Proposal>(const store::ConfigState& current)>;
  Result<Applied> Apply(const Caller& caller, const Propose& propose);

  // The configuration as the store has it now.
  Result<std::shared_ptr<const store::ConfigState>> Read() { return store_.Load(); }

 private:
  Result<store::Change> Decide(const std::string& actor, const Propose& propose,
                               const store::ConfigState& current) const;

  store::ConfigStore& store_;
  snapshot::StoreIdentitySource& identity_;
  const snapshot::SecretVault& vault_;
  snapshot::Publisher& publisher_;
};

}  // namespace llmgw::controlplane::admin_api

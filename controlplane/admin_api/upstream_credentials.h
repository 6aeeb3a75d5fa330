#pragma once

#include <vector>

#include "common/base/result.h"
#include "controlplane/snapshot/secret_vault.h"
#include "controlplane/store/config_store.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::controlplane::admin_api {

// Takes the secrets out of an upstream that a caller sent. Fills in ids that are empty ("cred-" and
// the hint; the same secret gives the same id) and hints, seals each secret, and keeps what
// `before` (may be null) has stored under an id whose secret is empty. Returns the complete sealed
// set. In `upstream` a secret that was kept is there for the validator: as "kept", those of
// `outbound` as they are. kInvalidArgument names the secret.
Result<std::vector<store::SealedSecret>> SealCredentials(const snapshot::SecretVault& vault,
                                                         const store::StoredResource* before,
                                                         config::v1::Upstream* upstream);

// The last four characters, for recognising a secret; empty for one so short that they would give
// much of it away.
std::string HintOf(const std::string& secret);

}  // namespace llmgw::controlplane::admin_api

#pragma once

#include "common/base/result.h"
#include "common/base/secret_string.h"
#include "common/crypto/seal.h"
#include "controlplane/app/app_options.h"
#include "controlplane/store/config_store.h"

namespace llmgw::controlplane::app {

// The secrets in the data folder, read or, at first start, made (mode 0600).
struct LocalSecrets {
  SecretString admin_token;
  SecretString dataplane_token;
  crypto::SealingKey sealing_key;
};
Result<LocalSecrets> LoadOrCreateSecrets(const AppOptions& options);

// Gives a new database its first content: the route "default" with prefix /v1. Does nothing to one
// that was ever changed, so a route that was deleted stays deleted.
Status FillNewStore(store::ConfigStore& store);

}  // namespace llmgw::controlplane::app

#include "controlplane/model/redact.h"

#include "common/config/upstream_secrets.h"

namespace llmgw::controlplane::model {

config::v1::Upstream WithoutSecrets(const config::v1::Upstream& upstream) {
  config::v1::Upstream shown = upstream;
  for (auto& secret : config::SecretsOf(shown)) secret.value.clear_secret();
  return shown;
}

config::v1::ClientKey WithoutSecrets(const config::v1::ClientKey& key) {
  config::v1::ClientKey shown = key;
  shown.clear_hash();
  shown.clear_token();
  return shown;
}

}  // namespace llmgw::controlplane::model

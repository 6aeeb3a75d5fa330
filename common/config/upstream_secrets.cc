#include "common/config/upstream_secrets.h"

namespace llmgw::config {

std::string UpstreamSecret::Path() const {
  return (place == Place::kCredentials ? "credentials[" : "outbound.secrets[") +
         std::to_string(index) + "]";
}

std::string UpstreamSecret::Slot() const {
  if (value.id().empty() || place == Place::kCredentials) return value.id();
  // '/' is in no id, so no credential has this slot.
  return "outbound/" + value.id();
}

std::vector<UpstreamSecret> SecretsOf(v1::Upstream& upstream) {
  std::vector<UpstreamSecret> secrets;
  for (int i = 0; i < upstream.credentials_size(); ++i) {
    secrets.push_back({*upstream.mutable_credentials(i), UpstreamSecret::Place::kCredentials, i});
  }
  if (!upstream.has_outbound()) return secrets;
  auto& outbound = *upstream.mutable_outbound();
  for (int i = 0; i < outbound.secrets_size(); ++i) {
    secrets.push_back({*outbound.mutable_secrets(i), UpstreamSecret::Place::kOutbound, i});
  }
  return secrets;
}

const v1::Credential* FindSecret(const v1::Outbound& outbound, const std::string& id) {
  for (const auto& secret : outbound.secrets()) {
    if (secret.id() == id) return &secret;
  }
  return nullptr;
}

}  // namespace llmgw::config

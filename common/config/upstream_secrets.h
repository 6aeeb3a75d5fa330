#pragma once

#include <string>
#include <vector>

#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::config {

// One secret of an upstream, and where it stands. Whoever opens, seals, hides or reads secrets goes
// through SecretsOf, so that none can be forgotten.
struct UpstreamSecret {
  enum class Place { kCredentials, kOutbound };

  v1::Credential& value;
  Place place;
  int index;  // in its list

  // Its field: "credentials[0]", "outbound.secrets[1]".
  std::string Path() const;
  // What the store keeps it under; unique within the upstream. Empty while it has no id.
  std::string Slot() const;
};

// All of them, in the order of their fields. Valid until the upstream changes.
std::vector<UpstreamSecret> SecretsOf(v1::Upstream& upstream);

// Ids of Outbound.secrets.
inline constexpr char kProxyPassword[] = "proxy_password";
inline constexpr char kClientKey[] = "client_key";

// The one with this id, or null.
const v1::Credential* FindSecret(const v1::Outbound& outbound, const std::string& id);

}  // namespace llmgw::config

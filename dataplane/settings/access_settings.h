#pragma once

#include <compare>
#include <string_view>
#include <vector>

#include "dataplane/model/model_pattern.h"
#include "dataplane/net/ip_ranges.h"

namespace llmgw::settings {

struct Credential;
struct KeySettings;
struct UpstreamSettings;

// Where requests may come from: with `allow` from one of its networks, and from none of `deny`.
struct AddressRules {
  net::IpRanges allow;
  net::IpRanges deny;

  bool empty() const { return allow.empty() && deny.empty(); }
  // `client` as accept/client_address.h establishes it. What is no IP address is in no network.
  bool Admits(std::string_view client) const {
    return empty() || ((allow.empty() || allow.Contains(client)) && !deny.Contains(client));
  }
  auto operator<=>(const AddressRules&) const = default;
};

// The levels of a client key: their names, sorted, and the models of them all.
struct LevelSet {
  std::vector<std::string_view> names;
  bool every_model = false;
  model::AccessList models;  // only `allow`
};

// Whether requests of `key` (null: of an open route) may use a credential, or any credential of an
// upstream. A credential with levels is for keys that have one of them.
bool Serves(const Credential& credential, const KeySettings* key);
bool Serves(const UpstreamSettings& upstream, const KeySettings* key);

}  // namespace llmgw::settings

#include "controlplane/admin_api/references.h"

#include <algorithm>
#include <string>

#include "controlplane/admin_api/resource_lookup.h"

namespace llmgw::controlplane::admin_api {
namespace {

constexpr int kMostNamed = 5;

template <typename Names>
bool Has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool NamesLevel(const config::v1::Resource& by, const std::string& level) {
  if (by.has_client_key()) return Has(by.client_key().levels(), level);
  const auto& credentials = by.upstream().credentials();
  return std::any_of(credentials.begin(), credentials.end(),
                     [&](const auto& credential) { return Has(credential.levels(), level); });
}

bool Names(const config::v1::Resource& by, const config::v1::Resource& target) {
  if (target.has_level()) return NamesLevel(by, target.level().name());
  if (target.has_upstream()) {
    const std::string& name = target.upstream().name();
    if (by.has_route())
      return Has(by.route().upstreams(), name) || by.route().weights().contains(name);
    return by.has_client_key() && Has(by.client_key().upstreams(), name);
  }
  return target.has_route() && by.has_client_key() &&
         Has(by.client_key().routes(), target.route().name());
}

}  // namespace

Status RequireUnused(const store::ConfigState& state, const store::StoredResource& target) {
  std::string users;
  int count = 0;
  for (const auto& [id, stored] : state.resources) {
    if (!Names(stored->resource, target.resource)) continue;
    if (++count <= kMostNamed) users += (users.empty() ? "" : ", ") + NameForPeople(*stored);
  }
  if (count == 0) return {};
  if (count > kMostNamed) users += " and " + std::to_string(count - kMostNamed) + " more";
  return Fail(InUse(NameForPeople(target) + " is named by " + users + "; take it out there first"));
}

}  // namespace llmgw::controlplane::admin_api

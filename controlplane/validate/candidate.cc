#include "controlplane/validate/candidate.h"

#include <algorithm>
#include <string>

#include "common/config/upstream_secrets.h"
#include "common/config/validate.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::controlplane::validate {
namespace {

// Beyond these a message helps nobody.
constexpr size_t kMostFaultsShown = 5;

config::v1::Snapshot Candidate(const store::ConfigState& current, const store::ResourceId& id,
                               const std::optional<config::v1::Resource>& body) {
  config::v1::Snapshot candidate;
  candidate.set_client_key_hash_key(std::string(32, '\0'));
  candidate.mutable_resources()->Reserve(static_cast<int>(current.resources.size()) + 1);
  for (const auto& [stored_id, stored] : current.resources) {
    if (stored_id == id) continue;
    auto& resource = *candidate.add_resources();
    resource = stored->resource;
    if (!resource.has_upstream()) continue;
    // There, but not to be looked at.
    for (auto& secret : llmgw::config::SecretsOf(*resource.mutable_upstream())) {
      secret.value.set_secret_file("sealed");
    }
  }
  // Last, so that a clash is blamed on the change and not on what was there.
  if (body) *candidate.add_resources() = *body;
  return candidate;
}

}  // namespace

Status CheckCandidate(const store::ConfigState& current, const store::ResourceId& id,
                      const std::optional<config::v1::Resource>& body) {
  auto faults = llmgw::config::Validate(Candidate(current, id, body));
  if (faults.empty()) return {};
  Error first = faults.front();
  for (size_t i = 1; i < std::min(faults.size(), kMostFaultsShown); ++i) {
    first.message += "; " + faults[i].Describe();
  }
  if (faults.size() > kMostFaultsShown) {
    first.message += "; and " + std::to_string(faults.size() - kMostFaultsShown) + " more";
  }
  return Fail(std::move(first));
}

}  // namespace llmgw::controlplane::validate

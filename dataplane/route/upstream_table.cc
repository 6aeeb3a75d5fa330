#include "dataplane/route/upstream_table.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_map>

namespace llmgw::route {
namespace {

// Whether the caller's levels let it use the credential.
bool MayUse(const model::Caller&, const settings::Credential&) { return true; }

uint64_t Fingerprint(const settings::Credential& credential) {
  return std::hash<std::string_view>{}(credential.secret.Reveal());
}

}  // namespace

UpstreamTable::UpstreamTable(const settings::RuntimeSettings& settings,
                             const UpstreamTable* before) {
  std::unordered_map<std::string_view, const Entry*> known;
  if (before != nullptr)
    for (const Entry& entry : before->entries_) known.emplace(entry.name, &entry);
  entries_.reserve(settings.upstreams().size());
  for (const auto& upstream : settings.upstreams()) {
    const auto found = known.find(upstream->name);
    const Entry* const old = found == known.end() ? nullptr : found->second;
    Entry& entry = entries_.emplace_back();
    entry.name = upstream->name;
    entry.state = old != nullptr ? old->state : std::make_shared<UpstreamState>();
    for (const settings::Credential& credential : upstream->credentials) {
      const uint64_t fingerprint = Fingerprint(credential);
      std::shared_ptr<CredentialState> state;
      for (size_t i = 0; old != nullptr && i < old->credentials.size(); ++i) {
        if (old->credential_ids[i] == credential.id &&
            old->credentials[i]->fingerprint == fingerprint)
          state = old->credentials[i];
      }
      if (state == nullptr) {
        state = std::make_shared<CredentialState>();
        state->fingerprint = fingerprint;
      }
      entry.credential_ids.push_back(credential.id);
      entry.credentials.push_back(std::move(state));
    }
  }
}

size_t UpstreamTable::PickCredential(const settings::UpstreamSettings& upstream,
                                     const model::Caller& caller, MonotonicTime) {
  const size_t count = upstream.credentials.size();
  if (count < 2) return 0;
  UpstreamState& state = *entries_[upstream.index].state;
  for (size_t tried = 0; tried < count; ++tried) {
    const size_t i = state.next_credential++ % count;
    if (MayUse(caller, upstream.credentials[i])) return i;
  }
  return 0;
}

bool UpstreamTable::HasOtherCredential(const settings::UpstreamSettings&, const model::Caller&,
                                       size_t, MonotonicTime) {
  return false;
}

void UpstreamTable::Answered(const settings::UpstreamSettings&, const model::UpstreamAnswer&) {}

}  // namespace llmgw::route

#include "controlplane/snapshot/snapshot_builder.h"

#include "common/config/upstream_secrets.h"

namespace llmgw::controlplane::snapshot {

Status SnapshotBuilder::AppendOpened(const store::StoredResource& stored,
                                     config::v1::Resource* into) const {
  *into = stored.resource;
  if (!into->has_upstream()) return {};
  auto& upstream = *into->mutable_upstream();
  for (auto& secret : llmgw::config::SecretsOf(upstream)) {
    const std::string slot = secret.Slot();
    for (const auto& sealed : stored.secrets) {
      if (sealed.credential_id != slot) continue;
      TRY_ASSIGN(SecretString opened, vault_.OpenCredential(upstream.name(), sealed));
      secret.value.set_secret(opened.Reveal());
    }
  }
  return {};
}

Result<config::v1::Snapshot> SnapshotBuilder::BuildSnapshot(const store::ConfigState& state) const {
  TRY_ASSIGN(auto identity, identity_.Get());
  config::v1::Snapshot snapshot;
  snapshot.set_store_id(identity->store_id);
  snapshot.set_client_key_hash_key(identity->client_key_hash_key.Reveal());
  snapshot.mutable_resources()->Reserve(static_cast<int>(state.resources.size()));
  for (const auto& [id, stored] : state.resources) {
    TRY(AppendOpened(*stored, snapshot.add_resources()));
  }
  return snapshot;
}

Result<config::v1::Delta> SnapshotBuilder::BuildDelta(const store::ConfigState& from,
                                                      const store::ConfigState& to) const {
  config::v1::Delta delta;
  delta.set_from_revision(from.revision);
  // Both maps are in the order of their ids: one walk along both.
  auto old_entry = from.resources.begin();
  auto new_entry = to.resources.begin();
  while (old_entry != from.resources.end() || new_entry != to.resources.end()) {
    bool only_old = new_entry == to.resources.end() ||
                    (old_entry != from.resources.end() && old_entry->first < new_entry->first);
    bool only_new =
        !only_old && (old_entry == from.resources.end() || new_entry->first < old_entry->first);
    if (only_old) {
      auto* removal = delta.add_removals();
      removal->set_kind(old_entry->first.first);
      removal->set_name(old_entry->first.second);
      ++old_entry;
      continue;
    }
    bool changed = only_new ||
                   old_entry->second->resource.revision() != new_entry->second->resource.revision();
    if (changed) {
      TRY(AppendOpened(*new_entry->second, delta.add_upserts()));
    }
    if (!only_new) ++old_entry;
    ++new_entry;
  }
  return delta;
}

}  // namespace llmgw::controlplane::snapshot

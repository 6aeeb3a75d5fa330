#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/crypto/seal.h"
#include "controlplane/model/kinds.h"
#include "controlplane/snapshot/publisher.h"
#include "controlplane/snapshot/secret_vault.h"
#include "controlplane/snapshot/snapshot_builder.h"
#include "controlplane/snapshot/store_identity.h"
#include "tests/fakes/memory_store.h"

namespace llmgw::controlplane {

// The way from store to payload, in memory.
struct ConfigFixture : testing::Test {
  static crypto::SealingKey Key(char fill) {
    return crypto::ParseSealingKey(std::string(64, fill)).value();
  }

  // One committed change; returns its revision.
  uint64_t Commit(store::Change change) {
    auto committed =
        store.Transact([&](const store::ConfigState&) -> Result<store::Change> { return change; });
    EXPECT_TRUE(committed) << committed.error().Describe();
    return committed ? (*committed).state->revision : 0;
  }
  uint64_t PutUpstream(const std::string& name, const std::string& secret) {
    store::Change change;
    change.action = "create";
    change.id = {model::kUpstream, name};
    auto& upstream = *change.body.emplace().mutable_upstream();
    upstream.set_name(name);
    upstream.set_endpoint("https://h/v1");
    upstream.add_credentials()->set_id("cred");
    change.secrets = {vault.SealCredential(name, "cred", SecretString(secret))};
    return Commit(std::move(change));
  }
  uint64_t PutRoute(const std::string& name, const std::string& prefix) {
    store::Change change;
    change.action = "create";
    change.id = {model::kRoute, name};
    auto& route = *change.body.emplace().mutable_route();
    route.set_name(name);
    route.set_prefix(prefix);
    return Commit(std::move(change));
  }
  uint64_t Remove(const std::string& kind, const std::string& name) {
    store::Change change;
    change.action = "delete";
    change.id = {kind, name};
    return Commit(std::move(change));
  }
  std::shared_ptr<const store::ConfigState> State() { return store.Load().value(); }
  void Publish() { publisher.Publish(State()); }

  test::MemoryConfigStore store;
  snapshot::SecretVault vault{crypto::Sealer(Key('a'))};
  snapshot::StoreIdentitySource identity{store, vault};
  snapshot::SnapshotBuilder builder{identity, vault};
  snapshot::Publisher publisher{builder};
};

}  // namespace llmgw::controlplane

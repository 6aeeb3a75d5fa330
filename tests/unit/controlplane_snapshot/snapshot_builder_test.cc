#include "controlplane/snapshot/snapshot_builder.h"

#include <gmock/gmock.h>

#include "common/config/upstream_secrets.h"
#include "tests/unit/controlplane_snapshot/config_fixture.h"

namespace llmgw::controlplane::snapshot {
namespace {

using SnapshotBuilderTest = ConfigFixture;

TEST_F(SnapshotBuilderTest, SnapshotHasEverythingWithOpenedSecrets) {
  PutUpstream("openai", "sk-1");
  PutRoute("default", "/v1");
  auto snapshot = builder.BuildSnapshot(*State()).value();
  EXPECT_EQ(snapshot.store_id(), "store-in-memory");
  EXPECT_EQ(snapshot.client_key_hash_key().size(), 32u);
  ASSERT_EQ(snapshot.resources_size(), 2);
  EXPECT_EQ(snapshot.resources(0).route().name(), "default");
  EXPECT_EQ(snapshot.resources(1).upstream().credentials(0).secret(), "sk-1");
  EXPECT_EQ(snapshot.resources(1).revision(), 1u);
  EXPECT_EQ(snapshot.resources(1).created_revision(), 1u);
}

TEST_F(SnapshotBuilderTest, SecretsOfConnectionsAreOpenedApartFromCredentialsOfTheirId) {
  store::Change change;
  change.id = {model::kUpstream, "far"};
  auto& upstream = *change.body.emplace().mutable_upstream();
  upstream.set_name("far");
  upstream.add_credentials()->set_id("client_key");
  upstream.mutable_outbound()->add_secrets()->set_id("client_key");
  change.secrets = {vault.SealCredential("far", "client_key", SecretString("sk-1")),
                    vault.SealCredential("far", llmgw::config::SecretsOf(upstream)[1].Slot(),
                                         SecretString("PEM"))};
  Commit(change);
  const auto snapshot = builder.BuildSnapshot(*State()).value();
  EXPECT_EQ(snapshot.resources(0).upstream().credentials(0).secret(), "sk-1");
  EXPECT_EQ(snapshot.resources(0).upstream().outbound().secrets(0).secret(), "PEM");
}

TEST_F(SnapshotBuilderTest, DeltaHasExactlyWhatChanged) {
  PutUpstream("a", "s");
  PutUpstream("b", "s");
  PutRoute("old", "/old");
  PutRoute("same", "/same");
  auto from = State();
  PutUpstream("b", "new");
  PutUpstream("c", "s");
  Remove(model::kRoute, "old");
  auto delta = builder.BuildDelta(*from, *State()).value();
  EXPECT_EQ(delta.from_revision(), 4u);
  ASSERT_EQ(delta.upserts_size(), 2);
  EXPECT_EQ(delta.upserts(0).upstream().name(), "b");
  EXPECT_EQ(delta.upserts(0).upstream().credentials(0).secret(), "new");
  EXPECT_EQ(delta.upserts(0).created_revision(), 2u);
  EXPECT_EQ(delta.upserts(1).upstream().name(), "c");
  ASSERT_EQ(delta.removals_size(), 1);
  EXPECT_EQ(delta.removals(0).kind(), "route");
  EXPECT_EQ(delta.removals(0).name(), "old");
}

TEST_F(SnapshotBuilderTest, DeltaBetweenEqualAndEmptyStates) {
  EXPECT_EQ(builder.BuildDelta(*State(), *State()).value().upserts_size(), 0);
  auto empty = State();
  PutRoute("r", "/v1");
  EXPECT_EQ(builder.BuildDelta(*empty, *State()).value().upserts_size(), 1);
  EXPECT_EQ(builder.BuildDelta(*State(), *empty).value().removals_size(), 1);
}

TEST_F(SnapshotBuilderTest, SecretThatDoesNotOpenFailsTheSnapshotAndNamesIt) {
  store::Change change;
  change.id = {model::kUpstream, "openai"};
  auto& upstream = *change.body.emplace().mutable_upstream();
  upstream.set_name("openai");
  upstream.add_credentials()->set_id("cred");
  change.secrets = {SecretVault(crypto::Sealer(Key('b')))
                        .SealCredential("openai", "cred", SecretString("sk-hunter2"))};
  Commit(change);
  auto built = builder.BuildSnapshot(*State());
  ASSERT_FALSE(built);
  EXPECT_NE(built.error().message.find("'cred' of upstream 'openai'"), std::string::npos);
  EXPECT_EQ(built.error().message.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::controlplane::snapshot

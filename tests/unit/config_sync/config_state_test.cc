#include "dataplane/config_sync/config_state.h"

#include <gtest/gtest.h>

#include "tests/unit/config_sync/test_config.h"

namespace llmgw::config_sync {
namespace {

std::vector<std::string> Names(const ConfigState& state) {
  std::vector<std::string> names;
  const SnapshotView view(state);
  for (const auto& resource : (*view).resources()) {
    if (resource.has_upstream()) names.push_back(resource.upstream().name());
    if (resource.has_route()) names.push_back(resource.route().name());
    if (resource.has_client_key()) names.push_back(resource.client_key().id());
  }
  return names;
}

using Strings = std::vector<std::string>;

TEST(ConfigState, HoldsASnapshotAsItCame) {
  const ConfigState state = ConfigState::FromSnapshot(7, MakeSnapshot());
  EXPECT_EQ(state.revision(), 7u);
  EXPECT_EQ((*SnapshotView(state)).SerializeAsString(), MakeSnapshot().SerializeAsString());
}

TEST(ConfigState, ADeltaReplacesInPlaceAddsAtTheEndAndRemoves) {
  const ConfigState state = ConfigState::FromSnapshot(7, MakeSnapshot());
  config::v1::Delta delta;
  delta.set_from_revision(7);
  *delta.add_upserts() = MakeUpstream("azure", 8);
  *delta.add_upserts() = MakeUpstream("openai");
  delta.mutable_upserts(1)->mutable_upstream()->set_disabled(true);
  auto& removed = *delta.add_removals();
  removed.set_kind("client_key");
  removed.set_name("key-a");
  delta.add_removals()->set_kind("route");  // names nothing

  const auto next = state.WithDelta(8, delta);
  ASSERT_TRUE(next) << next.error().Describe();
  EXPECT_EQ(next->revision(), 8u);
  EXPECT_EQ(Names(*next), (Strings{"openai", "v1", "azure"}));
  EXPECT_TRUE((*SnapshotView(*next)).resources(0).upstream().disabled());
  // The old state is as it was.
  EXPECT_EQ(Names(state), (Strings{"openai", "v1", "key-a"}));
  EXPECT_FALSE((*SnapshotView(state)).resources(0).upstream().disabled());
}

TEST(ConfigState, ARemovedNameMayComeBackInTheSameDelta) {
  const ConfigState state = ConfigState::FromSnapshot(7, MakeSnapshot());
  config::v1::Delta delta;
  delta.set_from_revision(7);
  auto& removed = *delta.add_removals();
  removed.set_kind("upstream");
  removed.set_name("openai");
  *delta.add_upserts() = MakeUpstream("openai", 8);
  const auto next = state.WithDelta(8, delta);
  ASSERT_TRUE(next);
  EXPECT_EQ(Names(*next), (Strings{"openai", "v1", "key-a"}));
  EXPECT_EQ((*SnapshotView(*next)).resources(0).created_revision(), 8u);
}

TEST(ConfigState, RefusesADeltaFromAnotherRevision) {
  const ConfigState state = ConfigState::FromSnapshot(7, MakeSnapshot());
  config::v1::Delta delta;
  delta.set_from_revision(6);
  const auto next = state.WithDelta(8, delta);
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().kind, ErrorKind::kConflict);
}

TEST(ConfigState, RefusesAResourceOfNoKnownKind) {
  const ConfigState state = ConfigState::FromSnapshot(7, MakeSnapshot());
  config::v1::Delta delta;
  delta.set_from_revision(7);
  delta.add_upserts();
  const auto next = state.WithDelta(8, delta);
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().field, "delta.upserts");
}

}  // namespace
}  // namespace llmgw::config_sync

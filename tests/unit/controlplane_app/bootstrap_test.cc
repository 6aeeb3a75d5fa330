#include "controlplane/app/bootstrap.h"

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "controlplane/app/gated_stores.h"
#include "tests/fakes/memory_store.h"
#include "tests/support/temp_dir.h"

namespace llmgw::controlplane::app {
namespace {

TEST(Bootstrap, SecretsAreMadeOnceAndReadBack) {
  test::TempDir dir;
  AppOptions options;
  options.data_dir = dir.Path("deep/data");
  auto first = LoadOrCreateSecrets(options).value();
  auto second = LoadOrCreateSecrets(options).value();
  EXPECT_EQ(first.admin_token.Reveal(), second.admin_token.Reveal());
  EXPECT_EQ(first.sealing_key.id, second.sealing_key.id);
  EXPECT_NE(first.admin_token.Reveal(), first.dataplane_token.Reveal());
}

TEST(Bootstrap, KeyOfTheEnvironmentWinsAndMakesNoFile) {
  test::TempDir dir;
  AppOptions options;
  options.data_dir = dir.Path("data");
  options.sealing_key = SecretString(std::string(64, 'a'));
  EXPECT_EQ(LoadOrCreateSecrets(options)->sealing_key.key.Reveal(), std::string(32, '\xaa'));
  EXPECT_FALSE(std::filesystem::exists(options.SealingKeyFile()));
}

TEST(Bootstrap, FolderThatCannotBeMadeIsNamed) {
  test::TempDir dir;
  AppOptions options;
  options.data_dir = dir.Write("file", "") + "/data";
  EXPECT_EQ(LoadOrCreateSecrets(options).error().field, "data-dir");
}

TEST(Bootstrap, OnlyANewStoreIsFilled) {
  test::MemoryConfigStore store;
  ASSERT_TRUE(FillNewStore(store));
  EXPECT_EQ(store.Load().value()->Find("route", "default")->resource.route().prefix(), "/v1");
  ASSERT_TRUE(FillNewStore(store));
  EXPECT_EQ(store.Load().value()->revision, 1u);
}

TEST(GatedStores, FailWithTheReasonUntilOpen) {
  prometheus::Registry registry;
  GatedStores gate(registry);
  gate.SetReason("the database is away: no route to host");
  EXPECT_EQ(gate.config().Load().error().message, "the database is away: no route to host");
  EXPECT_EQ(gate.logs().LastSequence().error().kind, ErrorKind::kUnavailable);
  auto stores = std::make_unique<store::Stores>();
  stores->config = std::make_unique<test::MemoryConfigStore>();
  stores->logs = std::make_unique<test::MemoryLogStore>();
  gate.Open(std::move(stores));
  EXPECT_EQ(gate.config().kind(), "memory");
  EXPECT_TRUE(gate.config().Load());
  EXPECT_TRUE(gate.logs().LastSequence());
}

}  // namespace
}  // namespace llmgw::controlplane::app

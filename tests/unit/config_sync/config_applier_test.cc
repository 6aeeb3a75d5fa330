#include "dataplane/config_sync/config_applier.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/config_sync/test_config.h"

namespace llmgw::config_sync {
namespace {

class FakeClock final : public Clock {
 public:
  MonotonicTime Monotonic() const override { return MonotonicTime(now_); }
  WallTime Wall() const override { return WallTime(std::chrono::seconds(1'000'000) + now_); }
  void Advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  std::chrono::nanoseconds now_{std::chrono::seconds(100)};
};

class ConfigApplierTest : public testing::Test {
 protected:
  ConfigState Good(uint64_t revision) {
    return ConfigState::FromSnapshot(revision, MakeSnapshot());
  }
  // One that is too large to be written at every change.
  ConfigState Large(uint64_t revision) {
    auto snapshot = MakeSnapshot();
    for (size_t i = 0; i < ConfigApplier::kSavedAtOnce; ++i) {
      *snapshot.add_resources() = MakeUpstream("upstream-" + std::to_string(i));
    }
    return ConfigState::FromSnapshot(revision, std::move(snapshot));
  }
  ConfigState Bad(uint64_t revision) {
    auto snapshot = MakeSnapshot();
    snapshot.mutable_resources(0)->mutable_upstream()->set_endpoint("nonsense");
    return ConfigState::FromSnapshot(revision, std::move(snapshot));
  }
  uint64_t OnDisk() {
    const auto loaded = file_.Load();
    return loaded && *loaded ? (*loaded)->revision() : 0;
  }

  TemporaryFolder folder_;
  LastGoodFile file_{folder_.File("last-good"), SecretString("token")};
  settings::SettingsHolder holder_;
  ConfigStatus status_;
  FakeClock clock_;
  ConfigApplier applier_{holder_, status_, &file_, clock_};
};

TEST_F(ConfigApplierTest, ABadCandidateChangesNothing) {
  ASSERT_TRUE(applier_.Take(Good(7), ConfigSource::kControlplane));
  const Status taken = applier_.Take(Bad(8), ConfigSource::kControlplane);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().field, "upstreams[openai].endpoint");
  EXPECT_EQ(holder_.Current()->revision(), 7u);
  EXPECT_EQ(applier_.revision(), 7u);
  EXPECT_EQ(status_.Get().refused, 1u);
  EXPECT_NE(status_.Get().last_refusal.find("upstreams[openai].endpoint"), std::string::npos);
  // The next delta starts from the good one.
  config::v1::Delta delta;
  delta.set_from_revision(7);
  *delta.add_upserts() = MakeUpstream("azure");
  ASSERT_TRUE(applier_.TakeDelta(9, delta));
  EXPECT_EQ(holder_.Current()->upstreams().size(), 2u);
  EXPECT_EQ(status_.Get().last_refusal, "");
}

TEST_F(ConfigApplierTest, WhatIsTakenIsOnDiskBeforeItIsAcknowledged) {
  ASSERT_TRUE(applier_.Take(Good(7), ConfigSource::kControlplane));
  EXPECT_EQ(OnDisk(), 7u);
  EXPECT_FALSE(applier_.save_due());
}

TEST_F(ConfigApplierTest, ALargeBurstIsWrittenOnceWhenItPauses) {
  ASSERT_TRUE(applier_.Take(Large(7), ConfigSource::kControlplane));
  clock_.Advance(std::chrono::milliseconds(150));
  ASSERT_TRUE(applier_.Take(Large(8), ConfigSource::kControlplane));
  clock_.Advance(std::chrono::milliseconds(150));
  applier_.SaveIfDue();
  EXPECT_EQ(OnDisk(), 0u);
  clock_.Advance(std::chrono::milliseconds(50));
  EXPECT_EQ(*applier_.save_due(), clock_.Monotonic());
  applier_.SaveIfDue();
  EXPECT_EQ(OnDisk(), 8u);
  EXPECT_FALSE(applier_.save_due());
}

TEST_F(ConfigApplierTest, ALargeBurstWithoutAPauseIsWrittenAfterItsMost) {
  uint64_t revision = 1;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(applier_.Take(Large(revision++), ConfigSource::kControlplane));
    applier_.SaveIfDue();
    EXPECT_EQ(OnDisk(), 0u);
    clock_.Advance(std::chrono::milliseconds(100));
  }
  applier_.SaveIfDue();
  EXPECT_EQ(OnDisk(), 20u);
}

TEST_F(ConfigApplierTest, StartsFromTheLastGoodOneWithoutWritingItAgain) {
  ASSERT_TRUE(file_.Save(Good(7)));
  applier_.StartFromLastGood();
  ASSERT_NE(holder_.Current(), nullptr);
  EXPECT_EQ(holder_.Current()->revision(), 7u);
  EXPECT_EQ(status_.Get().source, ConfigSource::kLastGood);
  EXPECT_FALSE(applier_.save_due());
}

TEST_F(ConfigApplierTest, WithACorruptLastGoodFileItWaits) {
  std::ofstream(file_.path()) << "rubbish";
  applier_.StartFromLastGood();
  EXPECT_EQ(holder_.Current(), nullptr);
  EXPECT_EQ(status_.Get().source, ConfigSource::kNone);
  ASSERT_TRUE(applier_.Take(Good(9), ConfigSource::kControlplane));
  applier_.Save();
  EXPECT_EQ(OnDisk(), 9u);
}

TEST_F(ConfigApplierTest, ALastGoodFileThatBreaksTodaysRulesIsRefused) {
  ASSERT_TRUE(file_.Save(Bad(7)));
  applier_.StartFromLastGood();
  EXPECT_EQ(holder_.Current(), nullptr);
}

TEST_F(ConfigApplierTest, ASnapshotFileIsNotWrittenBack) {
  ASSERT_TRUE(applier_.Take(Good(1), ConfigSource::kSnapshotFile));
  EXPECT_FALSE(applier_.save_due());
}

}  // namespace
}  // namespace llmgw::config_sync

#include "dataplane/settings/settings_holder.h"

#include <gtest/gtest.h>

#include "dataplane/settings/settings_builder.h"

namespace llmgw::settings {
namespace {

SettingsPtr Revision(uint64_t revision) { return SettingsBuilder(revision, "key").Build(); }

TEST(SettingsHolder, IsEmptyUntilTheFirstPublish) {
  SettingsHolder holder;
  EXPECT_EQ(holder.Current(), nullptr);
  holder.Publish(Revision(3));
  ASSERT_NE(holder.Current(), nullptr);
  EXPECT_EQ(holder.Current()->revision(), 3u);
}

TEST(SettingsHolder, PublishReturnsAfterEverySubscriberHasTakenTheSettings) {
  SettingsHolder holder;
  std::vector<uint64_t> first, second;
  holder.Subscribe([&](const SettingsPtr& settings) { first.push_back(settings->revision()); });
  holder.Publish(Revision(1));
  holder.Subscribe([&](const SettingsPtr& settings) { second.push_back(settings->revision()); });
  holder.Publish(Revision(2));
  EXPECT_EQ(first, (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(second, (std::vector<uint64_t>{1, 2}));
}

TEST(SettingsHolder, OldSettingsLiveOnForThoseWhoHoldThem) {
  SettingsHolder holder;
  holder.Publish(Revision(1));
  const SettingsPtr held = holder.Current();
  std::weak_ptr<const RuntimeSettings> second;
  holder.Publish(Revision(2));
  second = holder.Current();
  holder.Publish(Revision(3));
  EXPECT_EQ(held->revision(), 1u);
  EXPECT_TRUE(second.expired());
}

}  // namespace
}  // namespace llmgw::settings

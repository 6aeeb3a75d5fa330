#include "dataplane/model/model_map.h"

#include <gtest/gtest.h>

namespace llmgw::model {
namespace {

using Entries = std::vector<ModelMap::Entry>;

const ModelMap kMap({{"fast", "gpt-4o-mini"},
                     {"or-*", "openrouter/*"},
                     {"or-free-*", "free/*"},
                     {"or-free-x*", "one"},
                     {"or-free-", "exact"},
                     {"same", "same"}});

TEST(ModelMap, AnAliasStandsForItsName) {
  EXPECT_EQ(kMap.Find("fast"), "gpt-4o-mini");
  EXPECT_EQ(kMap.Find("faster"), std::nullopt);
  EXPECT_EQ(kMap.Find(""), std::nullopt);
}

TEST(ModelMap, WhatAStarTakesGoesToTheOtherStar) {
  EXPECT_EQ(kMap.Find("or-meta/llama"), "openrouter/meta/llama");
  EXPECT_EQ(kMap.Find("or-"), "openrouter/");
  EXPECT_EQ(ModelMap(Entries{{"*", "vendor/*"}}).Find("m"), "vendor/m");
}

TEST(ModelMap, TheLongestAliasWinsAndOfTwoAsLongTheExactOne) {
  EXPECT_EQ(kMap.Find("or-free-a"), "free/a");
  EXPECT_EQ(kMap.Find("or-free-xyz"), "one");
  EXPECT_EQ(kMap.Find("or-free-"), "exact");
}

TEST(ModelMap, ANameThatStaysIsNotMapped) {
  EXPECT_EQ(kMap.Find("same"), std::nullopt);
  EXPECT_TRUE(kMap.Has("same"));
  EXPECT_EQ(ModelMap(Entries{{"a*", "a*"}}).Find("abc"), std::nullopt);
  EXPECT_TRUE(ModelMap().empty());
  EXPECT_FALSE(kMap.empty());
}

}  // namespace
}  // namespace llmgw::model

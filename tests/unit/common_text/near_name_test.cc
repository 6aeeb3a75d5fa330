#include "common/text/near_name.h"

#include <gtest/gtest.h>

namespace llmgw::text {
namespace {

TEST(NearName, FindsOneLetterWrongMissingOrSwapped) {
  EXPECT_EQ(NearestName("opneai", {"mock", "openai", "azure"}), "openai");
  EXPECT_EQ(NearestName("opena", {"mock", "openai"}), "openai");
  EXPECT_EQ(NearestName("opanai", {"mock", "openai"}), "openai");
}

TEST(NearName, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(NearestName("openai", {"mock", "azure"}), "");
  EXPECT_EQ(NearestName("", {"a"}), "");
  EXPECT_EQ(DidYouMean("zzz", {"openai"}), "");
}

TEST(NearName, PrefersTheNearest) {
  EXPECT_EQ(NearestName("route1", {"route22", "route2"}), "route2");
}

TEST(NearName, WritesTheSuggestionForTheEndOfAMessage) {
  EXPECT_EQ(DidYouMean("log-levle", {"log-level"}), " (did you mean 'log-level'?)");
}

}  // namespace
}  // namespace llmgw::text

#include "dataplane/forward/model_rename.h"

#include <gtest/gtest.h>

namespace llmgw::forward {
namespace {

using model::ModelPlace;

settings::UpstreamSettings Upstream() {
  settings::UpstreamSettings upstream;
  upstream.model_map = model::ModelMap({{"fast", "up/\"real\""}, {"or-*", "openrouter/*"}});
  return upstream;
}

model::RequestFacts Facts(const std::string& model, ModelPlace place, size_t begin, size_t end) {
  model::RequestFacts facts;
  facts.model = model;
  facts.has_model = true;
  facts.model_place = place;
  facts.model_begin = begin;
  facts.model_end = end;
  return facts;
}

TEST(ModelRename, NothingIsRenamedThatIsNotMappedOrNotNamed) {
  EXPECT_EQ(RenameFor({}, Facts("fast", ModelPlace::kJson, 1, 2)), nullptr);
  EXPECT_EQ(RenameFor(Upstream(), Facts("slow", ModelPlace::kJson, 1, 2)), nullptr);
  EXPECT_EQ(RenameFor(Upstream(), Facts("fast", ModelPlace::kNone, 0, 0)), nullptr);
}

TEST(ModelRename, TheNameGoesInAsItsPlaceWantsIt) {
  EXPECT_EQ(RenameFor(Upstream(), Facts("fast", ModelPlace::kJson, 1, 2))->text,
            R"("up/\"real\"")");
  EXPECT_EQ(RenameFor(Upstream(), Facts("fast", ModelPlace::kForm, 1, 2))->text, "up/\"real\"");
  EXPECT_EQ(RenameFor(Upstream(), Facts("or-a b", ModelPlace::kQuery, 1, 2))->text,
            "openrouter%2Fa%20b");
}

TEST(ModelRename, AQueryKeepsTheRest) {
  const std::string query = "?a=1&model=or-x&b=%20";
  const auto rename = RenameFor(Upstream(), Facts("or-x", ModelPlace::kQuery, 11, 15));
  EXPECT_EQ(RenamedQuery(query, *rename), "?a=1&model=openrouter%2Fx&b=%20");
}

TEST(ModelRename, WhatABeginningNamesIsRenamedToo) {
  model::RequestFacts facts = Facts("/v1/chat/completions", ModelPlace::kJson, 1, 2);
  facts.has_model = false;
  facts.model_in_part = "fast";
  const auto rename = RenameFor(Upstream(), facts);
  ASSERT_NE(rename, nullptr);
  EXPECT_EQ(rename->asked, "fast");
}

}  // namespace
}  // namespace llmgw::forward

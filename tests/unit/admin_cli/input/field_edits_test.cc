#include "admin-cli/input/field_edits.h"

#include <gtest/gtest.h>

#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli {
namespace {

using config::v1::Upstream;

Upstream Full() {
  Upstream upstream;
  upstream.set_name("openai");
  upstream.set_endpoint("https://api.openai.com/v1");
  upstream.add_allow("gpt-4o");
  upstream.set_retries(2);
  upstream.mutable_timeouts()->mutable_idle()->set_seconds(9);
  return upstream;
}

// Parses `args` with flags made by `build`, and applies them to Full().
Result<Upstream> Edited(const std::vector<std::string>& args,
                        const std::function<void(CLI::App*, FieldEdits&)>& build) {
  CLI::App app;
  FieldEdits edits;
  build(&app, edits);
  std::vector<std::string> reversed(args.rbegin(), args.rend());
  app.parse(reversed);
  Upstream upstream = Full();
  TRY(edits.ApplyTo(upstream));
  return upstream;
}

TEST(FieldEdits, ChangesOnlyWhatWasGiven) {
  auto edited = Edited({"--endpoint", "http://x"}, [](CLI::App* app, FieldEdits& edits) {
    edits.Text(app, "--endpoint", "endpoint", "");
    edits.Text(app, "--kind", "kind", "");
    edits.List(app, "--allow", "allow", "");
  });
  Upstream expected = Full();
  expected.set_endpoint("http://x");
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->DebugString(), expected.DebugString());
}

TEST(FieldEdits, ReplacesAListFromRepeatedAndCommaSeparatedValues) {
  auto edited = Edited({"--allow", "a,b", "--allow", "c*"}, [](CLI::App* app, FieldEdits& edits) {
    edits.List(app, "--allow", "allow", "");
  });
  ASSERT_TRUE(edited);
  EXPECT_EQ(std::vector<std::string>(edited->allow().begin(), edited->allow().end()),
            (std::vector<std::string>{"a", "b", "c*"}));
}

TEST(FieldEdits, EmptiesAListWithAnEmptyValue) {
  auto edited = Edited({"--allow", ""}, [](CLI::App* app, FieldEdits& edits) {
    edits.List(app, "--allow", "allow", "");
  });
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->allow_size(), 0);
}

// Parses `args` with a --weight, and applies them to a route that has a weight already.
Result<config::v1::Route> Weighted(const std::vector<std::string>& args) {
  CLI::App app;
  FieldEdits edits;
  edits.Map(&app, "--weight", "weights", "");
  std::vector<std::string> reversed(args.rbegin(), args.rend());
  app.parse(reversed);
  config::v1::Route route;
  (*route.mutable_weights())["old"] = 1;
  TRY(edits.ApplyTo(route));
  return route;
}

TEST(FieldEdits, ReplacesAMapFromRepeatedPairs) {
  auto edited = Weighted({"--weight", "a=3", "--weight", "b=0"});
  ASSERT_TRUE(edited) << edited.error().Describe();
  ASSERT_EQ(edited->weights_size(), 2);
  EXPECT_EQ(edited->weights().at("a"), 3u);
  EXPECT_EQ(edited->weights().at("b"), 0u);
}

TEST(FieldEdits, EmptiesAMapWithAnEmptyValueAndKeepsItWithoutTheFlag) {
  auto emptied = Weighted({"--weight", ""});
  ASSERT_TRUE(emptied);
  EXPECT_EQ(emptied->weights_size(), 0);
  auto kept = Weighted({});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->weights_size(), 1);
}

TEST(FieldEdits, AMapsPairIsSplitAtItsFirstEqualsSign) {
  CLI::App app;
  FieldEdits edits;
  edits.Map(&app, "--map", "model_map", "");
  std::vector<std::string> reversed = {"fast=a,b=c", "--map"};
  app.parse(reversed);
  Upstream upstream;
  ASSERT_TRUE(edits.ApplyTo(upstream));
  EXPECT_EQ(upstream.model_map().at("fast"), "a,b=c");
}

TEST(FieldEdits, RefusesPairsThatAreNone) {
  for (const std::string pair : {"a", "=1", "a=", "a=x", "a=-1"}) {
    auto edited = Weighted({"--weight", pair});
    ASSERT_FALSE(edited) << pair;
    EXPECT_EQ(edited.error().field, "--weight");
  }
  auto twice = Weighted({"--weight", "a=1", "--weight", "a=2"});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "'a' is given twice");
}

TEST(FieldEdits, SetsNestedDurationsAndNumbers) {
  auto edited = Edited({"--idle", "500ms", "--retries", "0"}, [](CLI::App* app, FieldEdits& edits) {
    edits.Text(app, "--idle", "timeouts.idle", "");
    edits.Text(app, "--retries", "retries", "");
  });
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->timeouts().idle().nanos(), 500'000'000);
  EXPECT_EQ(edited->timeouts().idle().seconds(), 0);
  EXPECT_TRUE(edited->has_retries());
  EXPECT_EQ(edited->retries(), 0u);
}

TEST(FieldEdits, NamesTheFlagOfAWrongValue) {
  auto edited = Edited({"--idle", "soon"}, [](CLI::App* app, FieldEdits& edits) {
    edits.Text(app, "--idle", "timeouts.idle", "");
  });
  ASSERT_FALSE(edited);
  EXPECT_EQ(edited.error().field, "--idle");
  EXPECT_EQ(edited.error().kind, ErrorKind::kInvalidArgument);
}

TEST(FieldEdits, ClearsFieldsByTheirPath) {
  auto edited = Edited({"--clear", "retries", "--clear", "timeouts.idle"},
                       [](CLI::App* app, FieldEdits& edits) { edits.ClearFlag(app); });
  ASSERT_TRUE(edited);
  EXPECT_FALSE(edited->has_retries());
  EXPECT_FALSE(edited->timeouts().has_idle());
}

TEST(FieldEdits, NamesTheNearestFieldWhenThereIsNone) {
  auto edited = Edited({"--clear", "timeouts.idel"},
                       [](CLI::App* app, FieldEdits& edits) { edits.ClearFlag(app); });
  ASSERT_FALSE(edited);
  EXPECT_EQ(edited.error().field, "timeouts.idel");
  EXPECT_NE(edited.error().message.find("'idle'"), std::string::npos) << edited.error().message;
}

}  // namespace
}  // namespace llmgw::admin_cli

#include "admin-cli/input/resource_file.h"

#include <gtest/gtest.h>

#include <sstream>

#include "admin-cli/output/document.h"
#include "llmgw/admin/v1/upstream_service.pb.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli {
namespace {

using config::v1::Upstream;

Result<uint64_t> Read(const std::string& text, Upstream& upstream) {
  std::istringstream in(text);
  return ReadResource("-", in, "upstream", upstream);
}

TEST(ResourceFile, TakesTheResourceByItself) {
  Upstream upstream;
  auto revision =
      Read("name: openai\nallow: ['gpt-4o*', o3]\ntimeouts: {idle: 2m}\nretries: 3\n", upstream);
  ASSERT_TRUE(revision) << revision.error().Describe();
  EXPECT_EQ(*revision, 0u);
  EXPECT_EQ(upstream.name(), "openai");
  EXPECT_EQ(upstream.allow(0), "gpt-4o*");
  EXPECT_EQ(upstream.timeouts().idle().seconds(), 120);
  EXPECT_EQ(upstream.retries(), 3u);
}

TEST(ResourceFile, TakesWhatShowPrintsWithItsRevision) {
  admin::v1::UpstreamEntry entry;
  entry.mutable_meta()->set_revision(7);
  auto& u = *entry.mutable_upstream();
  u.set_name("openai");
  u.set_endpoint("https://api.openai.com/v1");
  u.add_allow("gpt-4o*");
  u.add_deny("true");  // strings that look like something else
  u.add_deny("0123");
  u.add_deny("no: really # not a comment");
  u.mutable_timeouts()->mutable_connect()->set_nanos(500'000'000);
  u.mutable_tls()->set_ca_pem("-----BEGIN CERTIFICATE-----\nabc==\n-----END CERTIFICATE-----\n");
  u.mutable_mock()->set_reply("two\nlines, \"quoted\" \xE2\x9C\x93");
  u.set_retries(0);
  (*u.mutable_model_map())["fast"] = "gpt-4o-mini";
  (*u.mutable_model_map())["or-*"] = "openrouter/*";
  u.add_credentials()->set_id("main");
  u.mutable_credentials(0)->set_hint("1234");

  for (const std::string& text : {ToYaml(ToDocument(entry)), ToJson(ToDocument(entry))}) {
    Upstream back;
    auto revision = Read(text, back);
    ASSERT_TRUE(revision) << revision.error().Describe() << "\n" << text;
    EXPECT_EQ(*revision, 7u);
    EXPECT_EQ(back.DebugString(), u.DebugString()) << text;
  }
}

TEST(ResourceFile, NamesTheEntryOfAMapThatIsWrong) {
  config::v1::Route route;
  for (const std::string text : {"weights: {a: x}", "weights: {a: [1]}", "weights: [a]"}) {
    std::istringstream in(text);
    const auto read = ReadResource("-", in, "route", route);
    ASSERT_FALSE(read) << text;
    EXPECT_TRUE(read.error().field.starts_with("weights")) << read.error().field;
  }
}

TEST(ResourceFile, NamesAnUnknownFieldWithItsLineAndTheNearest) {
  Upstream upstream;
  auto revision = Read("name: openai\ntimeouts:\n  idel: 2m\n", upstream);
  ASSERT_FALSE(revision);
  EXPECT_EQ(revision.error().field, "timeouts.idel (line 3)");
  EXPECT_NE(revision.error().message.find("'idle'"), std::string::npos);
}

TEST(ResourceFile, NamesTheFieldOfAWrongValue) {
  Upstream upstream;
  auto revision = Read("upstream:\n  allow: gpt-4o\n", upstream);
  ASSERT_FALSE(revision);
  EXPECT_EQ(revision.error().field, "upstream.allow (line 2)");
  EXPECT_EQ(revision.error().message, "must be a list");
}

TEST(ResourceFile, RefusesAFieldThatStandsTwice) {
  Upstream upstream;
  EXPECT_FALSE(Read("name: a\nname: b\n", upstream));
}

TEST(ResourceFile, RefusesWhatIsNoYaml) {
  Upstream upstream;
  auto revision = Read("name: [", upstream);
  ASSERT_FALSE(revision);
  EXPECT_EQ(revision.error().kind, ErrorKind::kInvalidArgument);
}

TEST(ResourceFile, SaysThatAFileIsMissing) {
  Upstream upstream;
  std::istringstream in;
  auto revision = ReadResource("/nonexistent/x.yaml", in, "upstream", upstream);
  ASSERT_FALSE(revision);
  EXPECT_EQ(revision.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace llmgw::admin_cli

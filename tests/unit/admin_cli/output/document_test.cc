#include "admin-cli/output/document.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "llmgw/admin/v1/key_service.pb.h"
#include "llmgw/config/v1/resources.pb.h"
#include "llmgw/usage/v1/usage_service.pb.h"

namespace llmgw::admin_cli {
namespace {

TEST(Document, KeepsProtoNamesAndOrderAndShowsPlainDefaults) {
  config::v1::Route route;
  route.set_name("default");
  route.mutable_cors()->set_disabled(true);
  EXPECT_EQ(ToDocument(route).dump(),
            R"({"name":"default","prefix":"","host":"","upstreams":[],"retry_on":[],"auth":"",)"
            R"("cors":{"disabled":true,"allow_origins":[]},"log_policy":"","disabled":false,)"
            R"("policy":"","weights":{},"sticky_on":"","commit":"","models":""})");
}

TEST(Document, WritesMapsAsObjectsSortedByName) {
  config::v1::Route route;
  for (const char* name : {"c", "a", "b"}) (*route.mutable_weights())[name] = 2;
  EXPECT_EQ(ToDocument(route)["weights"].dump(), R"({"a":2,"b":2,"c":2})");
}

TEST(Document, WritesLargeNumbersAsNumbersTimesAsRfc3339AndBytesAsBase64) {
  usage::v1::RequestRecord record;
  record.set_total_us(1'234'567'890'123);
  record.mutable_time()->set_seconds(0);
  record.set_request_body("hi\xFF");
  const Json document = ToDocument(record);
  EXPECT_EQ(document["total_us"].dump(), "1234567890123");
  EXPECT_EQ(document["time"], "1970-01-01T00:00:00Z");
  EXPECT_EQ(document["request_body"], "aGn/");
  EXPECT_FALSE(document.contains("input_tokens"));  // optional, not reported
}

TEST(Document, LeavesOutFieldsThatOnlyTravelTowardsTheGateway) {
  config::v1::Upstream upstream;
  upstream.add_credentials()->set_id("a");
  const Json credential = ToDocument(upstream)["credentials"][0];
  EXPECT_EQ(credential.dump(), R"({"id":"a","hint":"","levels":[]})");
  const Json key = ToDocument(config::v1::ClientKey());
  for (const char* name : {"hash", "token", "token_env", "token_file"}) {
    EXPECT_FALSE(key.contains(name)) << name;
  }
}

TEST(Document, PutsOneMemberOnALineInJson) {
  EXPECT_EQ(ToJson(Json{{"a", 1}, {"b", Json::array({"x"})}}),
            "{\n  \"a\": 1,\n  \"b\": [\n    \"x\"\n  ]\n}");
}

TEST(Document, WritesReadableYaml) {
  Json document{{"name", "openai"},
                {"allow", Json::array({"gpt-4o*", "on"})},
                {"limits", Json::object()},
                {"list", Json::array({Json{{"id", "a"}, {"count", 1}}, Json{{"id", "b"}}})},
                {"pem", "one\ntwo\n"},
                {"enabled", true}};
  EXPECT_EQ(ToYaml(document),
            "name: openai\n"
            "allow:\n"
            "  - gpt-4o*\n"
            "  - \"on\"\n"
            "limits: {}\n"
            "list:\n"
            "  - id: a\n"
            "    count: 1\n"
            "  - id: b\n"
            "pem: |\n"
            "  one\n"
            "  two\n"
            "enabled: true\n");
}

TEST(Document, QuotesEveryYamlStringThatCouldBeMistaken) {
  for (const char* text : {"",     "true",     "Null", "~",  "1",     "1.5",   "0x1f", "2026-11-20",
                           "a: b", "a #b",     "- a",  "*x", "&x",    "!x",    "a\nb", " a",
                           "a ",   "{a",       "[a",   "a:", "'a'",   "\"a\"", "@a",   "%a",
                           "\x01", "\xC3\xA9", "no",   "\n", "x\n\n", "a, b",  "-"}) {
    const std::string yaml = ToYaml(Json{{"key", text}});
    const YAML::Node back = YAML::Load(yaml)["key"];
    EXPECT_EQ(back.as<std::string>(), text) << yaml;
    EXPECT_FALSE(back.IsNull()) << yaml;
  }
}

}  // namespace
}  // namespace llmgw::admin_cli

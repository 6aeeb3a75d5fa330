#include "dataplane/config_sync/settings_compiler.h"

#include <gtest/gtest.h>

#include <map>

#include "common/crypto/digest.h"
#include "tests/unit/config_sync/test_config.h"

namespace llmgw::config_sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

settings::SettingsPtr Compile(const config::v1::Snapshot& snapshot) {
  auto settings = CompileSettings(snapshot, 5);
  EXPECT_TRUE(settings) << settings.error().Describe();
  return settings ? *settings : nullptr;
}

settings::KeyHash HashOf(char byte) {
  settings::KeyHash hash;
  hash.fill(static_cast<uint8_t>(byte));
  return hash;
}

TEST(CompileSettings, AnUpstreamHasItsEndpointCredentialsAndDefaults) {
  const auto settings = Compile(MakeSnapshot());
  ASSERT_EQ(settings->upstreams().size(), 1u);
  const settings::UpstreamSettings& upstream = *settings->upstreams()[0];
  EXPECT_EQ(settings->revision(), 5u);
  EXPECT_EQ(upstream.name, "openai");
  EXPECT_EQ(upstream.kind, settings::UpstreamKind::kOpenai);
  EXPECT_TRUE(upstream.endpoint.tls);
  EXPECT_EQ(upstream.endpoint.host, "openai.example.com");
  EXPECT_EQ(upstream.endpoint.port, 443);
  EXPECT_EQ(upstream.endpoint.base_path, "/v1");
  EXPECT_EQ(upstream.tls.server_name, "openai.example.com");
  EXPECT_EQ(upstream.credential_mode, settings::CredentialMode::kStored);
  ASSERT_EQ(upstream.credentials.size(), 1u);
  EXPECT_EQ(upstream.credentials[0].secret.Reveal(), "sk-secret-of-openai");
  EXPECT_EQ(upstream.timeouts.connect, seconds(10));
  EXPECT_EQ(upstream.timeouts.first_byte_stream, seconds(10));
  EXPECT_FALSE(upstream.retries);
}

TEST(CompileSettings, WhatIsWrittenWinsOverTheDefaults) {
  auto snapshot = MakeSnapshot();
  auto& upstream = *snapshot.mutable_resources(0)->mutable_upstream();
  upstream.mutable_timeouts()->mutable_idle()->set_nanos(500'000'000);
  upstream.set_retries(0);
  upstream.set_headers("minimal");
  upstream.set_credential_mode("passthrough");
  upstream.add_allow("gpt-4o*");
  upstream.mutable_tls()->set_server_name("inner.example.com");
  auto& route = *snapshot.mutable_resources(1)->mutable_route();
  route.set_auth("none");
  route.set_host("API.example.com");
  route.add_retry_on("429");
  route.set_log_policy("bodies");
  route.mutable_cors()->add_allow_origins("https://app.example.com");
  const auto settings = Compile(snapshot);
  const settings::UpstreamSettings& out = *settings->upstreams()[0];
  EXPECT_EQ(out.timeouts.idle, milliseconds(500));
  EXPECT_EQ(out.retries, 0u);
  EXPECT_EQ(out.headers, settings::HeaderPolicy::kMinimal);
  EXPECT_EQ(out.credential_mode, settings::CredentialMode::kPassthrough);
  EXPECT_FALSE(out.models.Admits("o3"));
  EXPECT_EQ(out.tls.server_name, "inner.example.com");
  const settings::RouteSettings* found = settings->FindRoute("api.example.com", "/v1/x");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->auth, settings::AuthMode::kOpen);
  EXPECT_FALSE(found->retry_on.connect);
  EXPECT_TRUE(found->retry_on.status[429]);
  EXPECT_FALSE(found->retry_on.status[500]);
  EXPECT_EQ(found->log_policy, model::LogPolicy::kBodies);
  EXPECT_TRUE(found->cors.enabled);
  EXPECT_FALSE(found->cors.any_origin);
  EXPECT_EQ(found->cors.origins, std::vector<std::string>{"https://app.example.com"});
}

TEST(CompileSettings, ARouteChoosesAsItSays) {
  auto snapshot = MakeSnapshot();
  *snapshot.add_resources() = MakeUpstream("spare", 4);
  auto& route = *snapshot.mutable_resources(1)->mutable_route();
  const auto choosing = [&] { return Compile(snapshot)->FindRoute("", "/v1")->choosing; };
  EXPECT_EQ(choosing().policy, settings::PolicyKind::kOrder);
  EXPECT_EQ(choosing().retry_budget.percent, 20u);
  EXPECT_EQ(choosing().retry_budget.min_per_second, 10u);
  for (const auto& [name, kind] : std::map<std::string, settings::PolicyKind>{
           {"order", settings::PolicyKind::kOrder},
           {"random", settings::PolicyKind::kRandom},
           {"least-pending", settings::PolicyKind::kLeastPending},
           {"ewma", settings::PolicyKind::kEwma},
           {"sticky", settings::PolicyKind::kSticky},
           {"round-robin", settings::PolicyKind::kRoundRobin},
           {"weighted", settings::PolicyKind::kWeighted}}) {
    route.set_policy(name);
    EXPECT_EQ(choosing().policy, kind) << name;
  }
  EXPECT_EQ(choosing().WeightOf(0), 1u);
  (*route.mutable_weights())["spare"] = 0;
  route.mutable_retry_budget()->set_percent(0);
  route.mutable_retry_budget()->set_min_per_second(3);
  EXPECT_EQ(choosing().WeightOf(0), 1u);
  EXPECT_EQ(choosing().WeightOf(1), 0u);
  EXPECT_EQ(choosing().retry_budget.percent, 0u);
  EXPECT_EQ(choosing().retry_budget.min_per_second, 3u);
  route.clear_weights();
  route.set_policy("sticky");
  EXPECT_EQ(choosing().sticky_on, settings::StickyOn::kKey);
  route.set_sticky_on("user");
  EXPECT_EQ(choosing().sticky_on, settings::StickyOn::kUser);
  route.set_sticky_on("prompt");
  EXPECT_EQ(choosing().sticky_on, settings::StickyOn::kPrompt);
}

TEST(CompileSettings, AliasesAndHowARouteAnswersAreTaken) {
  auto snapshot = MakeSnapshot();
  const auto defaults = Compile(snapshot);
  EXPECT_TRUE(defaults->upstreams()[0]->model_map.empty());
  EXPECT_EQ(defaults->routes()[0]->commit, settings::CommitPoint::kFirstContent);
  EXPECT_EQ(defaults->routes()[0]->models, settings::ModelList::kUpstream);
  auto& map = *snapshot.mutable_resources(0)->mutable_upstream()->mutable_model_map();
  map["fast"] = "gpt-4o-mini";
  map["or-*"] = "openrouter/*";
  auto& route = *snapshot.mutable_resources(1)->mutable_route();
  route.set_commit("first-byte");
  route.set_models("local");
  const auto settings = Compile(snapshot);
  EXPECT_EQ(settings->upstreams()[0]->model_map.Find("fast"), "gpt-4o-mini");
  EXPECT_EQ(settings->upstreams()[0]->model_map.Find("or-x"), "openrouter/x");
  EXPECT_EQ(settings->routes()[0]->commit, settings::CommitPoint::kFirstByte);
  EXPECT_EQ(settings->routes()[0]->models, settings::ModelList::kLocal);
}

TEST(CompileSettings, UpstreamsComeInTheOrderOfTheirCreation) {
  auto snapshot = MakeSnapshot();
  *snapshot.add_resources() = MakeUpstream("third", 9);
  *snapshot.add_resources() = MakeUpstream("second", 4);
  const auto settings = Compile(snapshot);
  const auto& upstreams = settings->FindRoute("", "/v1")->upstreams;
  ASSERT_EQ(upstreams.size(), 3u);
  EXPECT_EQ(upstreams[0]->name, "openai");
  EXPECT_EQ(upstreams[1]->name, "second");
  EXPECT_EQ(upstreams[2]->name, "third");
}

TEST(CompileSettings, WhatIsDisabledIsLeftOut) {
  auto snapshot = MakeSnapshot();
  snapshot.mutable_resources(0)->mutable_upstream()->set_disabled(true);
  *snapshot.add_resources() = MakeRoute("off", "/off");
  snapshot.mutable_resources(3)->mutable_route()->set_disabled(true);
  const auto settings = Compile(snapshot);
  EXPECT_TRUE(settings->upstreams().empty());
  EXPECT_TRUE(settings->FindRoute("", "/v1")->upstreams.empty());
  EXPECT_EQ(settings->FindRoute("", "/off"), nullptr);
}

TEST(CompileSettings, KeysAreFoundByTheHashOfTheirToken) {
  auto snapshot = MakeSnapshot();
  const std::string token = "sk-llmgw-abcdefghij";
  const auto hash = crypto::HmacSha256(snapshot.client_key_hash_key(), token);
  auto& key = *snapshot.mutable_resources(2)->mutable_client_key();
  key.set_hash(hash.data(), hash.size());
  key.set_disabled(true);
  key.mutable_expires_at()->set_seconds(1'000);
  key.add_upstreams("openai");
  const auto settings = Compile(snapshot);
  const settings::KeySettings* found = settings->FindKey(settings->HashToken(token));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->id, "key-a");
  EXPECT_TRUE(found->disabled);
  EXPECT_EQ(found->expires_at->time_since_epoch(), seconds(1'000));
  EXPECT_FALSE(found->any_upstream);
  EXPECT_TRUE(found->any_route);
  EXPECT_EQ(settings->FindKey(settings->HashToken(token + "x")), nullptr);
}

TEST(CompileSettings, AddressesAndLevelsReachRoutesKeysAndCredentials) {
  auto snapshot = MakeSnapshot();
  auto& level = *snapshot.add_resources()->mutable_level();
  level.set_name("basic");
  level.add_models("gpt-4o*");
  snapshot.add_resources()->mutable_level()->set_name("every");
  snapshot.mutable_resources(0)->mutable_upstream()->mutable_credentials(0)->add_levels("basic");
  snapshot.mutable_resources(1)->mutable_route()->mutable_addresses()->add_deny("10.0.0.0/8");
  auto& key = *snapshot.mutable_resources(2)->mutable_client_key();
  key.mutable_addresses()->add_allow("2001:db8::/32");
  key.add_levels("basic");
  *snapshot.add_resources() = MakeKey("key-b", 'b');
  const auto settings = Compile(snapshot);
  EXPECT_FALSE(settings->routes()[0]->addresses.Admits("10.1.2.3"));
  EXPECT_TRUE(settings->routes()[0]->addresses.Admits("11.1.2.3"));
  const settings::KeySettings* restricted = settings->FindKey(HashOf('a'));
  ASSERT_NE(restricted->addresses, nullptr);
  EXPECT_TRUE(restricted->addresses->Admits("2001:db8::1"));
  EXPECT_FALSE(restricted->addresses->Admits("192.0.2.1"));
  ASSERT_NE(restricted->levels, nullptr);
  EXPECT_FALSE(restricted->levels->every_model);
  EXPECT_EQ(restricted->levels->models.allow, std::vector<std::string>{"gpt-4o*"});
  EXPECT_EQ(settings->levels().size(), 2U);
  EXPECT_TRUE(settings->upstreams()[0]->levels_matter);
  EXPECT_TRUE(settings::Serves(*settings->upstreams()[0], restricted));
  const settings::KeySettings* plain = settings->FindKey(HashOf('b'));
  EXPECT_EQ(plain->addresses, nullptr);
  EXPECT_EQ(plain->levels, nullptr);
  EXPECT_FALSE(settings::Serves(*settings->upstreams()[0], plain));
}

TEST(CompileSettings, AKeyThatEndsBeyondTheClockNeverEnds) {
  auto snapshot = MakeSnapshot();
  auto& key = *snapshot.mutable_resources(2)->mutable_client_key();
  key.mutable_expires_at()->set_seconds(253402300799);  // the end of the year 9999
  EXPECT_FALSE(Compile(snapshot)->FindKey(HashOf('a'))->expires_at);
}

TEST(CompileSettings, ConnectionsAreSharedOnlyBetweenEqualTransports) {
  auto snapshot = MakeSnapshot();
  const auto add = [&](const std::string& name, const std::string& endpoint) {
    *snapshot.add_resources() = MakeUpstream(name, 2);
    auto& upstream = *snapshot.mutable_resources(snapshot.resources_size() - 1)->mutable_upstream();
    upstream.set_endpoint(endpoint);
    return &upstream;
  };
  add("same", "https://OPENAI.example.com:443/other");
  add("plain", "http://openai.example.com:443/v1");
  add("named", "https://openai.example.com/v1")->mutable_tls()->set_server_name("x.example.com");
  const auto settings = Compile(snapshot);
  const auto& upstreams = settings->upstreams();
  EXPECT_EQ(upstreams[1]->pool_key, upstreams[0]->pool_key);
  EXPECT_NE(upstreams[2]->pool_key, upstreams[0]->pool_key);
  EXPECT_NE(upstreams[3]->pool_key, upstreams[0]->pool_key);
}

TEST(CompileSettings, AMockAnswersSomethingByDefault) {
  auto snapshot = MakeSnapshot();
  auto& upstream = *snapshot.mutable_resources(0)->mutable_upstream();
  upstream.Clear();
  upstream.set_name("mock");
  upstream.set_kind("mock");
  const auto settings = Compile(snapshot);
  EXPECT_EQ(settings->upstreams()[0]->kind, settings::UpstreamKind::kMock);
  EXPECT_NE(settings->upstreams()[0]->mock.reply.find("'mock'"), std::string::npos);
  EXPECT_EQ(settings->upstreams()[0]->mock.chunk_interval, milliseconds(20));
}

TEST(CompileSettings, NamesTheFieldThatIsWrongAndHowManyMoreThereAre) {
  auto snapshot = MakeSnapshot();
  snapshot.mutable_resources(0)->mutable_upstream()->set_endpoint("ftp://x");
  snapshot.mutable_resources(1)->mutable_route()->set_prefix("v1");
  const auto settings = CompileSettings(snapshot, 5);
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().field, "upstreams[openai].endpoint");
  EXPECT_NE(settings.error().message.find("(and 1 more)"), std::string::npos)
      << settings.error().message;
}

TEST(CompileSettings, HealthHasItsDefaultsAndWhatIsWritten) {
  auto snapshot = MakeSnapshot();
  EXPECT_EQ(Compile(snapshot)->upstreams()[0]->health, settings::HealthSettings());
  auto& health = *snapshot.mutable_resources(0)->mutable_upstream()->mutable_health();
  health.set_passive_disabled(true);
  health.set_consecutive_failures(7);
  health.set_error_percent(8);
  health.set_min_requests(9);
  health.mutable_window()->set_seconds(11);
  health.mutable_ejection()->set_seconds(12);
  health.mutable_max_ejection()->set_seconds(13);
  health.set_check_path("/health");
  health.mutable_check_interval()->set_seconds(14);
  health.mutable_check_timeout()->set_nanos(500'000'000);
  health.set_unhealthy_after(15);
  health.set_healthy_after(16);
  const settings::HealthSettings expected{
      false,       7,           8,         9,           seconds(11),
      seconds(12), seconds(13), "/health", seconds(14), milliseconds(500),
      15,          16};
  EXPECT_EQ(Compile(snapshot)->upstreams()[0]->health, expected);
}

}  // namespace
}  // namespace llmgw::config_sync

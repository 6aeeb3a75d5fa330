#include "dataplane/app/config_view.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dataplane/settings/settings_builder.h"

namespace llmgw::app {
namespace {

settings::SettingsPtr SomeSettings() {
  settings::SettingsBuilder builder(7, "hash key that is secret");
  settings::UpstreamSettings upstream;
  upstream.name = "openai";
  upstream.endpoint.tls = true;
  upstream.endpoint.host = "api.openai.com";
  upstream.endpoint.authority = "api.openai.com";
  upstream.endpoint.base_path = "/v1";
  upstream.credentials.push_back({"main", SecretString("sk-very-secret")});
  upstream.outbound.proxy = {"127.0.0.1", 3128, "http://127.0.0.1:3128",
                             SecretString("Basic very-secret")};
  upstream.outbound.client_certificate_pem = "PEM";
  upstream.outbound.client_key = SecretString("very-secret-key");
  builder.AddUpstream(upstream);
  settings::RouteDefinition route;
  route.name = "v1";
  route.prefix = "/v1";
  builder.AddRoute(route);
  builder.AddKey({.id = "key_1", .name = "alice"});
  return builder.Build();
}

TEST(ConfigJson, ShowsWhatIsInForceWithoutSecrets) {
  config_sync::ConfigStatusValues status;
  status.revision = 7;
  status.source = config_sync::ConfigSource::kControlplane;
  model::UpstreamHealth ejected;
  ejected.upstream = "openai";
  ejected.model = "m";
  ejected.cause = "status 503";
  const std::string text =
      ConfigJson({}, {.id = "dp-1", .version = "1", .http_address = "h", .ops_address = "o"},
                 status, SomeSettings().get(), {ejected});
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["id"], "dp-1");
  EXPECT_EQ(json["config"]["revision"], 7);
  EXPECT_EQ(json["config"]["source"], "controlplane");
  EXPECT_EQ(json["upstreams"][0]["endpoint"], "https://api.openai.com/v1");
  EXPECT_EQ(json["upstreams"][0]["credentials"], nlohmann::json::array({"main"}));
  EXPECT_EQ(json["upstreams"][0]["health"]["consecutive_failures"], 5);
  EXPECT_EQ(json["unhealthy"][0]["model"], "m");
  EXPECT_EQ(json["unhealthy"][0]["state"], "ejected");
  const auto& outbound = json["upstreams"][0]["outbound"];
  EXPECT_EQ(outbound["proxy"], "http://127.0.0.1:3128");
  EXPECT_EQ(outbound["proxy_credentials"], true);
  EXPECT_EQ(outbound["client_certificate"], true);
  EXPECT_EQ(outbound["dns_max_ttl"], "5m");
  EXPECT_EQ(json["routes"][0]["upstreams"], nlohmann::json::array({"openai"}));
  EXPECT_EQ(json["keys"], 1);
  EXPECT_EQ(json["options"]["max-head"], "32KiB");
  EXPECT_EQ(text.find("secret"), std::string::npos) << text;
}

TEST(ConfigJson, ShowsHowRoutesChoose) {
  settings::SettingsBuilder builder(1, "");
  settings::UpstreamSettings upstream;
  upstream.name = "a";
  builder.AddUpstream(upstream);
  settings::RouteDefinition route;
  route.name = "r";
  route.prefix = "/v1";
  route.choosing.policy = settings::PolicyKind::kSticky;
  route.choosing.sticky_on = settings::StickyOn::kUser;
  route.weights = {{"a", 3}};
  builder.AddRoute(route);
  const auto json = nlohmann::json::parse(ConfigJson({}, {}, {}, builder.Build().get()));
  const auto& shown = json["routes"][0];
  EXPECT_EQ(shown["policy"], "sticky");
  EXPECT_EQ(shown["sticky_on"], "user");
  EXPECT_EQ(shown["weights"]["a"], 3);
  EXPECT_EQ(shown["retry_budget"]["percent"], 20);
}

TEST(ConfigJson, IsThereWithoutAConfiguration) {
  const auto json = nlohmann::json::parse(ConfigJson({}, {}, {}, nullptr, {}));
  EXPECT_EQ(json["config"]["source"], "none");
  EXPECT_TRUE(json["upstreams"].empty());
}

TEST(OpenDoors, AreNoneByDefault) {
  EXPECT_TRUE(OpenDoors({}, SomeSettings().get()).empty());
  EXPECT_TRUE(OpenDoors({}, nullptr).empty());
}

TEST(OpenDoors, NamesEachThingThatIsNotProtected) {
  DataplaneOptions options;
  options.listen.host = "0.0.0.0";
  options.ops_listen.host = "0.0.0.0";
  options.controlplane = "cp:7400";
  options.controlplane_insecure = true;
  settings::SettingsBuilder builder(1, "");
  settings::UpstreamSettings upstream;
  upstream.name = "plain";
  upstream.endpoint.host = "10.0.0.1";
  upstream.endpoint.authority = "10.0.0.1:8000";
  upstream.credential_mode = settings::CredentialMode::kPassthrough;
  upstream.outbound.proxy = {"10.0.0.2", 3128, "http://10.0.0.2:3128", SecretString("Basic x")};
  upstream.outbound.allow_addresses = {"169.254.1.1"};
  upstream.outbound.allowed = *net::IpRanges::Parse(upstream.outbound.allow_addresses);
  builder.AddUpstream(upstream);
  settings::RouteDefinition route;
  route.name = "public";
  route.prefix = "/";
  route.auth = settings::AuthMode::kOpen;
  builder.AddRoute(route);
  const settings::SettingsPtr settings = builder.Build();
  std::string all;
  const std::vector<std::string> open = OpenDoors(options, settings.get());
  for (const std::string& door : open) all += door + "\n";
  EXPECT_EQ(open.size(), 8u) << all;
  EXPECT_NE(all.find("upstream plain sends its proxy's password"), std::string::npos) << all;
  EXPECT_NE(all.find("addresses (169.254.1.1)"), std::string::npos) << all;
  EXPECT_NE(all.find("clients connect to 0.0.0.0:8080 in plaintext"), std::string::npos) << all;
  EXPECT_NE(all.find("the ops endpoints on 0.0.0.0:8081"), std::string::npos) << all;
  EXPECT_NE(all.find("come from cp:7400 in plaintext"), std::string::npos) << all;
  EXPECT_NE(all.find("route public (/) is open"), std::string::npos) << all;
  EXPECT_NE(all.find("upstream plain is sent the clients' own"), std::string::npos) << all;
  EXPECT_NE(all.find("upstream plain is reached in plaintext"), std::string::npos) << all;
}

}  // namespace
}  // namespace llmgw::app

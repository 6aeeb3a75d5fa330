#include "dataplane/config_sync/snapshot_file.h"

#include <gtest/gtest.h>
#include <cstdlib>

#include <fstream>

#include "dataplane/config_sync/settings_compiler.h"
#include "tests/unit/config_sync/test_config.h"

namespace llmgw::config_sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

std::vector<std::string> Errors(std::string_view yaml) {
  std::vector<std::string> errors;
  for (const Error& error : ParseSnapshotFile(yaml, "gw.yaml").errors) {
    errors.push_back(error.Describe());
  }
  return errors;
}

std::string OnlyError(std::string_view yaml) {
  const auto errors = Errors(yaml);
  EXPECT_EQ(errors.size(), 1u) << testing::PrintToString(errors);
  return errors.empty() ? "(none)" : errors[0];
}

settings::SettingsPtr Settings(std::string_view yaml) {
  const SnapshotFile file = ParseSnapshotFile(yaml, "gw.yaml");
  EXPECT_TRUE(file.errors.empty()) << file.errors[0].Describe();
  if (!file.errors.empty()) return nullptr;
  auto settings = CompileSettings(*SnapshotView(file.state), file.state.revision());
  EXPECT_TRUE(settings) << settings.error().Describe();
  return settings ? *settings : nullptr;
}

constexpr std::string_view kWhole = R"(
upstreams:
  - name: openai
    endpoint: https://api.openai.com/v1
    credentials:
      - secret: sk-0123456789abcdef
    allow: [gpt-4o*, "o3"]
    timeouts: {connect: 500ms, total: 2m}
    retries: 2
  - name: local
    endpoint: http://127.0.0.1:8000/v1
    credential_mode: none
    disabled: true
routes:
  - name: v1
    prefix: /v1
    upstreams: [openai, local]
    cors: {disabled: true}
keys:
  - name: alice
    token: sk-alice-0123456789
    expires_at: 2099-01-31T00:00:00Z
    routes: [v1]
  - {name: bob, token: sk-bob-0123456789ab}
)";

TEST(SnapshotFile, ReadsEveryKindOfField) {
  const auto settings = Settings(kWhole);
  ASSERT_NE(settings, nullptr);
  ASSERT_EQ(settings->upstreams().size(), 1u);
  const settings::UpstreamSettings& upstream = *settings->upstreams()[0];
  EXPECT_EQ(upstream.name, "openai");
  EXPECT_EQ(upstream.credentials[0].secret.Reveal(), "sk-0123456789abcdef");
  EXPECT_EQ(upstream.credentials[0].id, "cred-1");
  EXPECT_EQ(upstream.models.allow, (std::vector<std::string>{"gpt-4o*", "o3"}));
  EXPECT_EQ(upstream.timeouts.connect, milliseconds(500));
  EXPECT_EQ(upstream.timeouts.total, minutes(2));
  EXPECT_EQ(upstream.retries, 2u);
  EXPECT_FALSE(settings->routes()[0]->cors.enabled);
  EXPECT_EQ(settings->key_count(), 2u);
  const auto* alice = settings->FindKey(settings->HashToken("sk-alice-0123456789"));
  ASSERT_NE(alice, nullptr);
  EXPECT_EQ(alice->name, "alice");
  EXPECT_TRUE(alice->expires_at);
  EXPECT_FALSE(alice->any_route);
  EXPECT_EQ(settings->FindKey(settings->HashToken("sk-bob-0123456789ab"))->name, "bob");
}

TEST(SnapshotFile, WithoutRoutesThereIsOneForV1) {
  const auto settings = Settings("upstreams: [{name: m, kind: mock}]");
  ASSERT_NE(settings, nullptr);
  ASSERT_NE(settings->FindRoute("any", "/v1/chat/completions"), nullptr);
  EXPECT_EQ(settings->FindRoute("any", "/v1/x")->name, "default");
  EXPECT_EQ(settings->FindRoute("any", "/v1/x")->upstreams.size(), 1u);
}

TEST(SnapshotFile, AKeyHasTheSameIdAfterARestart) {
  const auto first = Settings(kWhole);
  const auto second = Settings(kWhole);
  const auto id = [](const settings::RuntimeSettings& settings) {
    return settings.FindKey(settings.HashToken("sk-alice-0123456789"))->id;
  };
  EXPECT_EQ(id(*first), id(*second));
  EXPECT_TRUE(id(*first).starts_with("key_"));
  EXPECT_EQ(id(*first).size(), 20u);
}

TEST(SnapshotFile, UpstreamsAreTriedInTheOrderOfTheFile) {
  const auto settings = Settings("upstreams: [{name: z, kind: mock}, {name: a, kind: mock}]");
  const auto& upstreams = settings->FindRoute("", "/v1")->upstreams;
  EXPECT_EQ(upstreams[0]->name, "z");
  EXPECT_EQ(upstreams[1]->name, "a");
}

TEST(SnapshotFile, TakesSecretsFromTheEnvironmentAndFromFiles) {
  TemporaryFolder folder;
  std::ofstream(folder.File("token")) << "  sk-from-file-0123456789\n";
  ASSERT_EQ(setenv("LLMGW_TEST_SECRET", "sk-from-environment\n", 1), 0);
  const auto settings = Settings(
      "upstreams: [{name: u, endpoint: 'http://u/v1', credentials: [{secret_env: "
      "LLMGW_TEST_SECRET}]}]\n"
      "keys: [{name: k, token_file: '" +
      folder.File("token") + "'}]\n");
  ASSERT_NE(settings, nullptr);
  EXPECT_EQ(settings->upstreams()[0]->credentials[0].secret.Reveal(), "sk-from-environment");
  EXPECT_NE(settings->FindKey(settings->HashToken("sk-from-file-0123456789")), nullptr);
}

TEST(SnapshotFile, TakesTheSecretsOfConnectionsFromTheEnvironmentToo) {
  ASSERT_EQ(setenv("LLMGW_TEST_SECRET", "open sesame\n", 1), 0);
  const auto settings = Settings(
      "upstreams: [{name: u, endpoint: 'http://u/v1', credential_mode: none, outbound: {proxy: "
      "'http://p:3128', proxy_user: Aladdin, secrets: [{id: proxy_password, secret_env: "
      "LLMGW_TEST_SECRET}]}}]\n");
  ASSERT_NE(settings, nullptr);
  EXPECT_EQ(settings->upstreams()[0]->outbound.proxy->credentials.Reveal(),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(OnlyError("upstreams:\n"
                      "  - name: u\n"
                      "    endpoint: http://u/v1\n"
                      "    credential_mode: none\n"
                      "    outbound:\n"
                      "      proxy: http://p\n"
                      "      proxy_user: u\n"
                      "      secrets: [{id: proxy_password, secret_env: LLMGW_TEST_NOT_SET}]\n"),
            "gw.yaml:8: upstreams[u].outbound.secrets[0].secret_env: the environment variable "
            "LLMGW_TEST_NOT_SET is not set, or empty");
}

TEST(SnapshotFile, SaysWhichSecretIsMissing) {
  EXPECT_EQ(OnlyError("upstreams:\n"
                      "  - name: u\n"
                      "    endpoint: http://u/v1\n"
                      "    credentials: [{secret_env: LLMGW_TEST_NOT_SET}]\n"),
            "gw.yaml:4: upstreams[u].credentials[0].secret_env: the environment variable "
            "LLMGW_TEST_NOT_SET is not set, or empty");
  EXPECT_EQ(OnlyError("upstreams: [{name: m, kind: mock}]\n"
                      "keys:\n"
                      "  - name: k\n"
                      "    token_file: /does/not/exist\n"),
            "gw.yaml:4: keys[k].token_file: the file /does/not/exist can't be read, or is empty");
}

TEST(SnapshotFile, AnUnknownFieldNamesItsPlaceAndTheNearestOne) {
  EXPECT_EQ(OnlyError("upstreams:\n"
                      "  - name: m\n"
                      "    kind: mock\n"
                      "    timeout: {idle: 1s}\n"),
            "gw.yaml:4: upstreams[m].timeout: is not a known field (did you mean 'timeouts'?)");
  EXPECT_EQ(OnlyError("upstreams: [{name: m, kind: mock}]\nroute: []\n"),
            "gw.yaml:2: route: is not a known list (did you mean 'routes'?)");
}

TEST(SnapshotFile, WrongTypesNameTheirPlace) {
  const auto error = [](const std::string& field) {
    return OnlyError("upstreams:\n  - name: m\n    kind: mock\n    " + field + "\n");
  };
  EXPECT_EQ(error("disabled: yes"), "gw.yaml:4: upstreams[m].disabled: must be true or false");
  EXPECT_EQ(error("disabled: \"true\""), "gw.yaml:4: upstreams[m].disabled: must be true or false");
  EXPECT_EQ(error("retries: -1"),
            "gw.yaml:4: upstreams[m].retries: must be a whole number, not negative");
  EXPECT_EQ(error("allow: gpt-4o"), "gw.yaml:4: upstreams[m].allow: must be a list");
  EXPECT_EQ(error("allow: [[a]]"), "gw.yaml:4: upstreams[m].allow[0]: must be a text");
  EXPECT_EQ(error("endpoint: [x]"), "gw.yaml:4: upstreams[m].endpoint: must be a text");
  EXPECT_EQ(error("timeouts: 5s"), "gw.yaml:4: upstreams[m].timeouts: must be a mapping");
  EXPECT_TRUE(error("endpoint:").starts_with("gw.yaml:4: upstreams[m].endpoint: has no value"));
  EXPECT_TRUE(error("timeouts: {idle: 10}").starts_with("gw.yaml:4: upstreams[m].timeouts.idle: "));
}

TEST(SnapshotFile, ReadsMaps) {
  const SnapshotFile file = ParseSnapshotFile(
      "upstreams: [{name: a, kind: mock}, {name: b, kind: mock}]\n"
      "routes: [{name: r, prefix: /v1, policy: weighted, weights: {a: 3, b: 0}}]\n",
      "gw.yaml");
  ASSERT_TRUE(file.errors.empty()) << file.errors[0].Describe();
  const SnapshotView snapshot(file.state);
  for (const auto& resource : (*snapshot).resources()) {
    if (!resource.has_route()) continue;
    EXPECT_EQ(resource.route().weights_size(), 2);
    EXPECT_EQ(resource.route().weights().at("a"), 3u);
    EXPECT_EQ(resource.route().weights().at("b"), 0u);
  }
}

TEST(SnapshotFile, WrongMapsNameTheirPlace) {
  const auto error = [](const std::string& weights) {
    return OnlyError(
        "upstreams: [{name: a, kind: mock}]\nroutes:\n  - name: r\n    prefix: /v1\n"
        "    weights: " +
        weights + "\n");
  };
  EXPECT_EQ(error("[a]"), "gw.yaml:5: routes[r].weights: must be a mapping");
  EXPECT_EQ(error("{a: x}"),
            "gw.yaml:5: routes[r].weights.a: must be a whole number, not negative");
  EXPECT_EQ(error("{a: 1, a: 2}"), "gw.yaml:5: routes[r].weights.a: is given twice");
}

TEST(SnapshotFile, AHashCannotBeGiven) {
  EXPECT_EQ(OnlyError("keys: [{name: k, hash: abc}]"),
            "gw.yaml:1: keys[k].hash: can't be given in a file");
}

TEST(SnapshotFile, AFieldGivenTwiceIsRefused) {
  EXPECT_EQ(OnlyError("upstreams:\n  - name: m\n    kind: mock\n    kind: mock\n"),
            "gw.yaml:4: upstreams[m].kind: is given twice");
}

TEST(SnapshotFile, FaultsOfTheValidatorHaveTheirLine) {
  const std::string error = OnlyError(
      "upstreams:\n"
      "  - name: m\n"
      "    kind: mock\n"
      "routes:\n"
      "  - name: r\n"
      "    prefix: /v1\n"
      "    upstreams:\n"
      "      - m\n"
      "      - nobody\n");
  EXPECT_TRUE(error.starts_with("gw.yaml:9: routes[r].upstreams[1]: ")) << error;
}

TEST(SnapshotFile, CollectsEveryFault) {
  EXPECT_EQ(Errors("upstreams: [{name: m, kind: mock, x: 1, y: 2}]\nkeys: {}\n").size(), 3u);
}

TEST(SnapshotFile, BrokenYamlNamesTheLine) {
  const std::string error = OnlyError("upstreams:\n  - name: [\n");
  EXPECT_TRUE(error.starts_with("gw.yaml:")) << error;
  EXPECT_FALSE(Errors("just a text").empty());
  EXPECT_FALSE(Errors("").empty());
}

TEST(SnapshotFile, ErrorsNeverQuoteASecret) {
  for (const std::string& error : Errors(
           "upstreams: [{name: u, endpoint: 'http://u', credentials: [{secret: 'top secret'}]}]\n"
           "keys: [{name: k, token: short-tok}]\n")) {
    EXPECT_EQ(error.find("top secret"), std::string::npos) << error;
    EXPECT_EQ(error.find("short-tok"), std::string::npos) << error;
  }
}

TEST(SnapshotFile, AMissingFileIsAnError) {
  const SnapshotFile file = LoadSnapshotFile("/does/not/exist.yaml");
  ASSERT_EQ(file.errors.size(), 1u);
  EXPECT_EQ(file.errors[0].Describe(), "/does/not/exist.yaml: can't be read");
}

}  // namespace
}  // namespace llmgw::config_sync

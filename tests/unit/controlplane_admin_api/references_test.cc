#include "controlplane/admin_api/references.h"

#include <gmock/gmock.h>

#include "tests/unit/controlplane_snapshot/config_fixture.h"

namespace llmgw::controlplane::admin_api {
namespace {

using testing::HasSubstr;

class ReferencesTest : public ConfigFixture {
 protected:
  void PutKey(const std::string& name, const std::string& upstream, const std::string& route) {
    store::Change change;
    change.id = {model::kClientKey, "key_" + name};
    auto& key = *change.body.emplace().mutable_client_key();
    key.set_id("key_" + name);
    key.set_name(name);
    if (!upstream.empty()) key.add_upstreams(upstream);
    if (!route.empty()) key.add_routes(route);
    Commit(std::move(change));
  }
  Status Check(const std::string& kind, const std::string& name) {
    auto state = State();
    return RequireUnused(*state, *state->Find(kind, name));
  }
};

TEST_F(ReferencesTest, UnusedIsFine) {
  PutUpstream("openai", "s");
  PutRoute("default", "/v1");
  EXPECT_TRUE(Check(model::kUpstream, "openai"));
  EXPECT_TRUE(Check(model::kRoute, "default"));
}

TEST_F(ReferencesTest, UsersAreNamed) {
  PutUpstream("openai", "s");
  PutRoute("default", "/v1");
  PutKey("app", "openai", "default");
  EXPECT_THAT(Check(model::kUpstream, "openai").error().message,
              HasSubstr("upstream 'openai' is named by key 'app'"));
  EXPECT_EQ(Check(model::kUpstream, "openai").error().kind, ErrorKind::kInUse);
  EXPECT_THAT(Check(model::kRoute, "default").error().message,
              HasSubstr("route 'default' is named by key 'app'"));
}

TEST_F(ReferencesTest, KeysAndCredentialsUseLevels) {
  const auto put = [this](config::v1::Resource body, const char* kind, const std::string& name) {
    store::Change change;
    change.id = {kind, name};
    change.body = std::move(body);
    Commit(std::move(change));
  };
  config::v1::Resource level;
  level.mutable_level()->set_name("basic");
  put(level, model::kLevel, "basic");
  EXPECT_TRUE(Check(model::kLevel, "basic"));
  config::v1::Resource key;
  key.mutable_client_key()->set_id("key_a");
  key.mutable_client_key()->set_name("app");
  key.mutable_client_key()->add_levels("basic");
  put(key, model::kClientKey, "key_a");
  config::v1::Resource upstream;
  upstream.mutable_upstream()->set_name("openai");
  upstream.mutable_upstream()->add_credentials()->add_levels("basic");
  put(upstream, model::kUpstream, "openai");
  EXPECT_THAT(Check(model::kLevel, "basic").error().message,
              HasSubstr("level 'basic' is named by key 'app', upstream 'openai'"));
}

TEST_F(ReferencesTest, ARouteOfTheSameNameIsNoUser) {
  PutUpstream("same", "s");
  PutRoute("same", "/v1");
  PutKey("app", "", "same");
  EXPECT_TRUE(Check(model::kUpstream, "same"));
}

TEST_F(ReferencesTest, ManyUsersAreCounted) {
  PutUpstream("openai", "s");
  for (auto name : {"a", "b", "c", "d", "e", "f", "g"}) PutKey(name, "openai", "");
  EXPECT_THAT(Check(model::kUpstream, "openai").error().message, HasSubstr("and 2 more"));
}

}  // namespace
}  // namespace llmgw::controlplane::admin_api

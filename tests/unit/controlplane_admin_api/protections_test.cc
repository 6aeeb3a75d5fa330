#include "controlplane/admin_api/protections.h"

#include <gmock/gmock.h>

#include "tests/unit/controlplane_snapshot/config_fixture.h"

namespace llmgw::controlplane::admin_api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ProtectionsTest : public ConfigFixture {
 protected:
  void Upstream(const std::string& name, const std::string& endpoint, const std::string& mode) {
    store::Change change;
    change.id = {model::kUpstream, name};
    auto& upstream = *change.body.emplace().mutable_upstream();
    upstream.set_name(name);
    upstream.set_endpoint(endpoint);
    upstream.set_credential_mode(mode);
    Commit(std::move(change));
  }
};

TEST_F(ProtectionsTest, NothingIsSaidOfASafeConfiguration) {
  PutUpstream("openai", "s");
  PutRoute("default", "/v1");
  Upstream("local", "http://127.0.0.1:8000", "none");
  EXPECT_THAT(ProtectionsOff(*State()), IsEmpty());
}

TEST_F(ProtectionsTest, EachOneIsASentence) {
  Upstream("pass", "https://h", "passthrough");
  Upstream("plain", "http://10.0.0.1", "stored");
  store::Change route;
  route.id = {model::kRoute, "open"};
  route.body.emplace().mutable_route()->set_name("open");
  route.body->mutable_route()->set_auth("none");
  route.body->mutable_route()->set_log_policy("bodies");
  Commit(route);
  store::Change key;
  key.id = {model::kClientKey, "key_a"};
  key.body.emplace().mutable_client_key()->set_id("key_a");
  key.body->mutable_client_key()->set_log_policy("bodies");
  Commit(key);
  EXPECT_THAT(ProtectionsOff(*State()),
              ElementsAre(HasSubstr("open is served without keys"),
                          HasSubstr("open records request and response bodies"),
                          HasSubstr("pass receives the client's own credential"),
                          HasSubstr("plain is reached without TLS"), HasSubstr("1 key has")));
}

TEST_F(ProtectionsTest, DisabledThingsDoNotCount) {
  store::Change route;
  route.id = {model::kRoute, "open"};
  route.body.emplace().mutable_route()->set_name("open");
  route.body->mutable_route()->set_auth("none");
  route.body->mutable_route()->set_disabled(true);
  Commit(route);
  EXPECT_THAT(ProtectionsOff(*State()), IsEmpty());
}

}  // namespace
}  // namespace llmgw::controlplane::admin_api

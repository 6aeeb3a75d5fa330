#include <gmock/gmock.h>

#include "tests/unit/common_config/config_builder.h"

namespace llmgw::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> RouteFaults(const std::string& fields) {
  return FaultsOf(
      FromText("resources { upstream { name: 'openai' kind: 'mock' } } "
               "resources { route { name: 'r' " +
               fields + " } }"));
}

TEST(RouteRules, AcceptTheMinimumAndTheFull) {
  EXPECT_THAT(RouteFaults("prefix: '/v1'"), IsEmpty());
  EXPECT_THAT(RouteFaults(R"(prefix: "/" host: "LLM.example.com" upstreams: "openai"
    retry_on: "connect" retry_on: "5xx" auth: "none" log_policy: "bodies"
    cors { allow_origins: "https://a.example" allow_origins: "tauri://localhost" })"),
              IsEmpty());
  EXPECT_THAT(RouteFaults("prefix: '/v1' cors { allow_origins: '*' }"), IsEmpty());
}

TEST(RouteRules, PrefixIsAPathThatMatchesOnSegments) {
  for (auto prefix :
       {"", "v1", "/v1/", "/a//b", "/a/../b", "/.", "/a b", "/a?b", "/a%20", "/a#", "/\\001"}) {
    EXPECT_THAT(RouteFaults("prefix: '" + std::string(prefix) + "'"),
                ElementsAre(HasSubstr("routes[r].prefix: ")))
        << prefix;
  }
}

TEST(RouteRules, HostHasNoSchemeAndNoPort) {
  for (auto host : {"https://h", "h:80", "a b", "*.h"}) {
    EXPECT_THAT(RouteFaults("prefix: '/v1' host: '" + std::string(host) + "'"),
                ElementsAre(HasSubstr("routes[r].host: must be a host name")))
        << host;
  }
}

TEST(RouteRules, UpstreamsExistAndStandOnce) {
  EXPECT_THAT(RouteFaults("prefix: '/v1' upstreams: 'opneai'"),
              ElementsAre("routes[r].upstreams[0]: there is no upstream 'opneai' (did you mean "
                          "'openai'?)"));
  EXPECT_THAT(RouteFaults("prefix: '/v1' upstreams: 'openai' upstreams: 'openai'"),
              ElementsAre("routes[r].upstreams[1]: stands twice in the list"));
}

TEST(RouteRules, RetryRulesAreKnownAndNeverStandsAlone) {
  EXPECT_THAT(RouteFaults("prefix: '/v1' retry_on: '5xx' retry_on: 'sometimes'"),
              ElementsAre(HasSubstr("routes[r].retry_on[1]: 'sometimes' is not one of")));
  EXPECT_THAT(RouteFaults("prefix: '/v1' retry_on: 'never' retry_on: '5xx'"),
              ElementsAre(HasSubstr("retry_on[0]: 'never' must stand alone")));
  EXPECT_THAT(RouteFaults("prefix: '/v1' retry_on: 'a\\nb'"),
              ElementsAre(HasSubstr("control character")));
}

TEST(RouteRules, ClosedChoices) {
  EXPECT_THAT(RouteFaults("prefix: '/v1' auth: 'maybe'"), ElementsAre(HasSubstr("keys, none")));
  EXPECT_THAT(RouteFaults("prefix: '/v1' log_policy: 'all'"),
              ElementsAre(HasSubstr("metadata, bodies, none")));
}

TEST(RouteRules, OriginsAreExactOrTheStarAlone) {
  for (auto origin :
       {"", "app.example.com", "https://a/", "https://a/b", "https://u@a", "https://"}) {
    EXPECT_THAT(RouteFaults("prefix: '/v1' cors { allow_origins: '" + std::string(origin) + "' }"),
                SizeIs(1))
        << origin;
  }
  EXPECT_THAT(RouteFaults("prefix: '/v1' cors { allow_origins: '*' allow_origins: 'https://a' }"),
              ElementsAre(HasSubstr("cors.allow_origins[0]: '*' already means")));
}

}  // namespace
}  // namespace llmgw::config

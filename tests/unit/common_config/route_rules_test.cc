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

TEST(RouteRules, PoliciesAreKnown) {
  for (auto policy :
       {"order", "random", "weighted", "round-robin", "least-pending", "ewma", "sticky"}) {
    EXPECT_THAT(RouteFaults("prefix: '/v1' policy: '" + std::string(policy) + "'"), IsEmpty());
  }
  EXPECT_THAT(RouteFaults("prefix: '/v1' policy: 'fastest'"),
              ElementsAre(HasSubstr("routes[r].policy: ")));
}

TEST(RouteRules, WeightsAreOfTheRoutesUpstreamsForPoliciesThatKnowThem) {
  const std::string weighted = "prefix: '/v1' policy: 'weighted' weights { key: ";
  EXPECT_THAT(RouteFaults(weighted + "'openai' value: 1000 }"), IsEmpty());
  EXPECT_THAT(RouteFaults(weighted + "'openai' value: 1001 }"),
              ElementsAre("routes[r].weights.openai: must be at most 1000"));
  EXPECT_THAT(RouteFaults(weighted + "'opneai' value: 1 }"),
              ElementsAre("routes[r].weights.opneai: there is no upstream of that name (did you "
                          "mean 'openai'?)"));
  EXPECT_THAT(RouteFaults(weighted + "'openai' value: 0 }"),
              ElementsAre(HasSubstr("must have more than 0")));
  EXPECT_THAT(RouteFaults("prefix: '/v1' weights { key: 'openai' value: 2 }"),
              ElementsAre(HasSubstr("routes[r].weights: are for policy")));
  EXPECT_THAT(
      FaultsOf(FromText("resources { upstream { name: 'a' kind: 'mock' } } "
                        "resources { upstream { name: 'b' kind: 'mock' } } "
                        "resources { route { name: 'r' prefix: '/v1' upstreams: 'a' policy: "
                        "'weighted' weights { key: 'b' value: 2 } } }")),
      ElementsAre("routes[r].weights.b: is not one of the route's upstreams"));
}

TEST(RouteRules, StickyOnIsForPolicySticky) {
  EXPECT_THAT(RouteFaults("prefix: '/v1' policy: 'sticky' sticky_on: 'prompt'"), IsEmpty());
  EXPECT_THAT(RouteFaults("prefix: '/v1' policy: 'sticky' sticky_on: 'cookie'"),
              ElementsAre(HasSubstr("routes[r].sticky_on: ")));
  EXPECT_THAT(RouteFaults("prefix: '/v1' sticky_on: 'key'"),
              ElementsAre("routes[r].sticky_on: is for policy sticky"));
}

TEST(RouteRules, RetryBudgetsAreWithinReason) {
  EXPECT_THAT(RouteFaults("prefix: '/v1' retry_budget { percent: 100 min_per_second: 0 }"),
              IsEmpty());
  EXPECT_THAT(RouteFaults("prefix: '/v1' retry_budget { percent: 1001 }"),
              ElementsAre(HasSubstr("routes[r].retry_budget.percent: must be at most")));
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

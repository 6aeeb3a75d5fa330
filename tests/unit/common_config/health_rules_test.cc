#include <gmock/gmock.h>

#include "tests/unit/common_config/config_builder.h"

namespace llmgw::config {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(HealthRules, AcceptTheFull) {
  EXPECT_THAT(UpstreamFaults(R"(health { passive_disabled: true consecutive_failures: 1
    error_percent: 100 min_requests: 1 window { seconds: 1 } ejection { seconds: 5 }
    max_ejection { seconds: 5 } check_path: "/health?deep=1" check_interval { nanos: 100000000 }
    check_timeout { seconds: 1 } unhealthy_after: 1 healthy_after: 1 })"),
              IsEmpty());
}

TEST(HealthRules, NumbersHaveBounds) {
  for (const char* field : {"consecutive_failures", "error_percent", "min_requests"}) {
    EXPECT_THAT(UpstreamFaults("health { " + std::string(field) + ": 0 }"),
                Contains(HasSubstr(std::string("health.") + field + ": must be from 1 to")))
        << field;
  }
  EXPECT_THAT(UpstreamFaults("health { error_percent: 101 }"),
              Contains(HasSubstr("health.error_percent: must be from 1 to 100")));
  EXPECT_THAT(UpstreamFaults("health { window {} }"), Contains(HasSubstr("health.window: ")));
}

TEST(HealthRules, TheLongestEjectionIsNotShorterThanTheFirst) {
  EXPECT_THAT(UpstreamFaults("health { max_ejection { seconds: 4 } }"),
              Contains(HasSubstr("health.max_ejection: ")));
  EXPECT_THAT(UpstreamFaults("health { ejection { seconds: 301 } }"),
              Contains(HasSubstr("health.max_ejection: ")));
}

TEST(HealthRules, AChecksPathIsARequestTarget) {
  for (const char* path : {"health", "/a b", "/a#b", "http://h/", "/\303\244"}) {
    EXPECT_THAT(UpstreamFaults("health { check_path: '" + std::string(path) + "' }"),
                Contains(HasSubstr("health.check_path: ")))
        << path;
  }
}

TEST(HealthRules, SettingsOfChecksNeedAPathAndSomebodyToAsk) {
  EXPECT_THAT(UpstreamFaults("health { unhealthy_after: 2 }"),
              Contains(HasSubstr("health.check_path: is needed")));
  EXPECT_THAT(BareUpstreamFaults(R"(kind: "mock" health { check_path: "/" })"),
              Contains(HasSubstr("health.check_path: needs an upstream with an endpoint")));
  EXPECT_THAT(UpstreamFaults("health { check_path: '/' check_interval { nanos: 1000000 } }"),
              Contains(HasSubstr("health.check_interval: must be at least 100ms")));
}

}  // namespace
}  // namespace llmgw::config

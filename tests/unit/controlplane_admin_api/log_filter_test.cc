#include "controlplane/admin_api/log_filter.h"

#include "tests/unit/controlplane_snapshot/config_fixture.h"

namespace llmgw::controlplane::admin_api {
namespace {

using LogFilterTest = ConfigFixture;

TEST_F(LogFilterTest, KeyNamesBecomeIdsAndUnknownOnesAreTakenForIds) {
  store::Change change;
  change.id = {model::kClientKey, "key_1"};
  change.body.emplace().mutable_client_key()->set_id("key_1");
  change.body->mutable_client_key()->set_name("app");
  Commit(change);
  admin::v1::LogFilter filter;
  for (auto name : {"app", "key_1"}) {
    filter.set_key(name);
    EXPECT_EQ(ToQuery(filter, *State())->key_id, "key_1");
  }
  filter.set_key("key_gone");
  EXPECT_EQ(ToQuery(filter, *State())->key_id, "key_gone");
}

TEST_F(LogFilterTest, EmptyFilterNarrowsNothing) {
  auto query = ToQuery({}, *State()).value();
  EXPECT_FALSE(query.since || query.until);
  EXPECT_TRUE(query.key_id.empty() && query.model.empty() && query.upstream.empty());
  EXPECT_EQ(query.status_min, 0);
  EXPECT_EQ(query.status_max, 0);
}

TEST_F(LogFilterTest, BoundsBeyondTheClockAreItsEnds) {
  admin::v1::LogFilter filter;
  filter.mutable_until()->set_seconds(10'413'792'000);  // 2300-01-01
  EXPECT_GT(ToQuery(filter, *State())->until, WallTime(std::chrono::seconds(9'000'000'000)));
  filter.mutable_since()->set_seconds(-62'135'596'800);  // the year 1
  EXPECT_TRUE(ToQuery(filter, *State()));
}

TEST_F(LogFilterTest, BoundsThatExcludeEverythingAreRefused) {
  admin::v1::LogFilter filter;
  filter.mutable_since()->set_seconds(2);
  filter.mutable_until()->set_seconds(2);
  EXPECT_EQ(ToQuery(filter, *State()).error().field, "filter.until");
  filter.mutable_until()->set_seconds(3);
  EXPECT_TRUE(ToQuery(filter, *State()));
  filter.set_status_min(500);
  filter.set_status_max(499);
  EXPECT_EQ(ToQuery(filter, *State()).error().field, "filter.status_max");
}

}  // namespace
}  // namespace llmgw::controlplane::admin_api

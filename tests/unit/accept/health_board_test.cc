#include "dataplane/accept/health_board.h"

#include <gtest/gtest.h>

namespace llmgw::accept {
namespace {

using model::HealthState;
using model::UpstreamHealth;
using std::chrono::seconds;

WallTime At(int second) { return WallTime(seconds(second)); }

UpstreamHealth Entry(const std::string& upstream, HealthState state, int since, int until) {
  UpstreamHealth entry;
  entry.upstream = upstream;
  entry.state = state;
  entry.since = At(since);
  if (until > 0) entry.until = At(until);
  entry.ejections = 1;
  entry.cause = "until " + std::to_string(until);
  return entry;
}

TEST(MergeHealth, ShowsTheWorstOfTheWorkersForEachThing) {
  UpstreamHealth longer = Entry("a", HealthState::kEjected, 20, 90);
  longer.ejections = 3;
  UpstreamHealth of_model = Entry("a", HealthState::kEjected, 5, 60);
  of_model.model = "m";
  const auto merged = MergeHealth({{Entry("b", HealthState::kEjected, 1, 60),
                                    Entry("a", HealthState::kEjected, 10, 70), of_model},
                                   {},
                                   {longer}},
                                  At(50));
  ASSERT_EQ(merged.size(), 3U);
  EXPECT_EQ(merged[0].upstream, "a");
  EXPECT_EQ(merged[0].model, "");
  EXPECT_EQ(merged[0].since, At(10));
  EXPECT_EQ(merged[0].until, At(90));
  EXPECT_EQ(merged[0].ejections, 3U);
  EXPECT_EQ(merged[0].cause, "until 90");
  EXPECT_EQ(merged[1].model, "m");
  EXPECT_EQ(merged[2].upstream, "b");
}

TEST(MergeHealth, AnEjectionThatIsOverIsATrialUnlessAnotherWorkersIsNot) {
  const UpstreamHealth over = Entry("a", HealthState::kEjected, 1, 50);
  EXPECT_EQ(MergeHealth({{over}}, At(49))[0].state, HealthState::kEjected);
  EXPECT_EQ(MergeHealth({{over}}, At(50))[0].state, HealthState::kTrial);
  const UpstreamHealth other = Entry("a", HealthState::kEjected, 1, 60);
  EXPECT_EQ(MergeHealth({{over}, {other}}, At(50))[0].state, HealthState::kEjected);
}

TEST(MergeHealth, ARestThatIsOverIsNothing) {
  UpstreamHealth rest = Entry("a", HealthState::kResting, 1, 50);
  rest.credential_id = "key";
  EXPECT_EQ(MergeHealth({{rest}}, At(49)).size(), 1U);
  EXPECT_TRUE(MergeHealth({{rest}}, At(50)).empty());
}

TEST(MergeHealth, AFailedCheckStandsBesideAnEjection) {
  const auto merged = MergeHealth(
      {{Entry("a", HealthState::kCheckFailed, 1, 0)}, {Entry("a", HealthState::kEjected, 2, 60)}},
      At(50));
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_FALSE(merged[1].until);
  EXPECT_EQ(merged[1].state, HealthState::kCheckFailed);
}

}  // namespace
}  // namespace llmgw::accept

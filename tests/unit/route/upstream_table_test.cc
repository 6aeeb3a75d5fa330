#include "dataplane/route/upstream_table.h"

#include <gtest/gtest.h>

#include "tests/unit/route/route_fixture.h"

namespace llmgw::route {
namespace {

using model::UpstreamOutcome;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class UpstreamTableTest : public RouteFixture {
 protected:
  void SetUp() override {
    settings::UpstreamSettings& upstream = AddUpstream("u");
    for (const char* id : {"one", "two", "three"})
      upstream.credentials.push_back({id, SecretString(std::string("secret of ") + id)});
    AddRoute("r", "/v1");
    Apply();
  }

  const settings::UpstreamSettings& upstream() const { return *settings().upstreams()[0]; }
  std::string Pick() {
    const size_t i = table().PickCredential(upstream(), caller(), now_);
    return upstream().credentials[i].id;
  }
  // One after the other.
  std::string Picks(int count) {
    std::string picked;
    while (count-- > 0) picked += Pick();
    return picked;
  }
  bool Answer(size_t credential, int status, std::optional<milliseconds> retry_after = {}) {
    return table().Answered(upstream(), {.outcome = UpstreamOutcome::kAnswered,
                                         .status = status,
                                         .model = {},
                                         .credential = credential,
                                         .retry_after = retry_after,
                                         .now = now_});
  }
  uint32_t Pending() { return table().state(upstream()).pending; }
};

TEST_F(UpstreamTableTest, CredentialsTakeTurns) { EXPECT_EQ(Picks(4), "onetwothreeone"); }

TEST_F(UpstreamTableTest, ACredentialThatRestsIsPassedOver) {
  EXPECT_FALSE(table().any_rests());
  EXPECT_TRUE(Answer(1, 429, seconds(10)));
  EXPECT_TRUE(table().any_rests());
  EXPECT_EQ(Picks(4), "onethreeonethree");
  now_ += seconds(10);
  EXPECT_FALSE(table().any_rests(now_));
  EXPECT_EQ(Picks(3), "onetwothree");
}

TEST_F(UpstreamTableTest, OfThoseThatAllRestTheOneThatIsBackFirstIsTaken) {
  Answer(0, 429, seconds(30));
  Answer(1, 429, seconds(10));
  Answer(2, 401);
  EXPECT_EQ(Pick(), "two");
  EXPECT_EQ(Pick(), "two");
  EXPECT_EQ(table().RestsUntil(upstream(), caller(), now_), now_ + seconds(10));
  now_ += seconds(11);
  EXPECT_EQ(table().RestsUntil(upstream(), caller(), now_), MonotonicTime{});
}

TEST_F(UpstreamTableTest, KnowsWhetherAnotherCredentialIsLeft) {
  EXPECT_TRUE(table().HasOtherCredential(upstream(), caller(), 0, now_));
  Answer(1, 403);
  Answer(2, 429);
  EXPECT_FALSE(table().HasOtherCredential(upstream(), caller(), 0, now_));
  EXPECT_TRUE(table().HasOtherCredential(upstream(), caller(), 1, now_));
}

TEST_F(UpstreamTableTest, OnlyAnswersToStoredCredentialsMakeOneRest) {
  upstreams_[0].credential_mode = settings::CredentialMode::kPassthrough;
  Apply();
  EXPECT_FALSE(Answer(0, 401));
  EXPECT_EQ(Pick(), "one");
}

TEST_F(UpstreamTableTest, AChangeOfSettingsKeepsWhatIsKnownByName) {
  Answer(0, 401);
  const auto old_settings = shared_settings();
  const auto old_table = shared_table();  // which outlives its permits
  const model::UpstreamPermit pending(table(), upstream(), "m", {});
  // Another upstream comes first, and the credentials are listed in another order.
  upstreams_.insert(upstreams_.begin(), settings::UpstreamSettings());
  upstreams_[0].name = "a";
  std::swap(upstreams_[1].credentials[0], upstreams_[1].credentials[2]);
  Apply();
  const settings::UpstreamSettings& now = *settings().upstreams()[1];
  EXPECT_EQ(table().state(now).pending, 1U);
  for (int i = 0; i < 6; ++i)
    EXPECT_NE(now.credentials[table().PickCredential(now, caller(), now_)].id, "one");
  // A request that began before still counts in the same place.
  {
    const model::UpstreamPermit another(*old_table, *old_settings->upstreams()[0], "m", {});
    EXPECT_EQ(table().state(now).pending, 2U);
  }
  EXPECT_EQ(table().state(now).pending, 1U);
}

TEST_F(UpstreamTableTest, ANewSecretUnderTheSameIdStartsAfresh) {
  Answer(0, 401);
  upstreams_[0].credentials[0].secret = SecretString("a good one");
  Apply();
  EXPECT_TRUE(table().HasOtherCredential(upstream(), caller(), 1, now_));
  Answer(1, 401);
  Answer(2, 401);
  EXPECT_EQ(Pick(), "one");
}

TEST_F(UpstreamTableTest, PermitsCountWhatIsUnderWay) {
  {
    model::UpstreamPermit first(table(), upstream(), "m", {});
    model::UpstreamPermit second(table(), upstream(), "m", {});
    EXPECT_EQ(Pending(), 2U);
    model::UpstreamPermit moved = std::move(first);
    EXPECT_EQ(Pending(), 2U);
    moved.End();
    moved.End();
    EXPECT_EQ(Pending(), 1U);
    second = model::UpstreamPermit(table(), upstream(), "m", {});
    EXPECT_EQ(Pending(), 1U);
  }
  EXPECT_EQ(Pending(), 0U);
}

TEST_F(UpstreamTableTest, TimesAreKeptOnlyWhereARouteChoosesByThem) {
  const auto answer = [this](int status) {
    table().Answered(upstream(), {.outcome = UpstreamOutcome::kAnswered,
                                  .status = status,
                                  .model = {},
                                  .first_byte = milliseconds(40),
                                  .now = now_});
    return table().state(upstream()).first_byte.At(now_);
  };
  EXPECT_EQ(answer(200), 0);
  routes_[0].choosing.policy = settings::PolicyKind::kEwma;
  Apply();
  EXPECT_EQ(answer(200), 40'000);
  EXPECT_EQ(answer(503), 5'000'000) << "a quick failure is no quick answer";
}

TEST_F(UpstreamTableTest, RoundRobinGoesOnAfterAChangeOfSettings) {
  AddUpstream("v");
  routes_[0].choosing.policy = settings::PolicyKind::kRoundRobin;
  Apply();
  std::string firsts;
  for (int i = 0; i < 6; ++i) {
    firsts += Ordered("/v1")[0];
    Apply();
  }
  EXPECT_EQ(firsts, "uvuvuv");
}

TEST_F(UpstreamTableTest, EachRouteHasItsBudgetWhichOutlivesSettings) {
  AddRoute("s", "/s");
  for (auto& route : routes_) route.choosing.retry_budget = {.percent = 0, .min_per_second = 1};
  Apply();
  const auto take = [this](size_t i) { return table().TakeRetry(*settings().routes()[i], now_); };
  EXPECT_TRUE(take(0));
  EXPECT_FALSE(take(0));
  EXPECT_TRUE(take(1));
  Apply();
  EXPECT_FALSE(take(0));
  EXPECT_FALSE(take(1));
}

// ---- Router::Order

TEST_F(UpstreamTableTest, WithOrderAndNothingThatRestsNothingIsOrdered) {
  AddUpstream("v");
  Apply();
  EXPECT_FALSE(NeedsOrder("/v1"));
  Answer(0, 429, seconds(1));
  EXPECT_TRUE(NeedsOrder("/v1"));
  EXPECT_EQ(Ordered("/v1"), (std::vector<std::string>{"u", "v"})) << "others do not rest";
  now_ += seconds(1);
  Ordered("/v1");
  EXPECT_FALSE(NeedsOrder("/v1"));
}

TEST_F(UpstreamTableTest, UpstreamsOfWhichEveryCredentialRestsComeLastTheSoonestBackFirst) {
  for (const char* name : {"v", "w"})
    AddUpstream(name).credentials.push_back({"only", SecretString(name)});
  AddUpstream("x");  // needs none
  Apply();
  const auto& all = settings().upstreams();
  const auto answer = [&](size_t i, seconds retry_after) {
    table().Answered(*all[i], {.outcome = UpstreamOutcome::kAnswered,
                               .status = 429,
                               .model = {},
                               .credential = 0,
                               .retry_after = retry_after,
                               .now = now_});
  };
  answer(1, seconds(60));
  answer(2, seconds(5));
  EXPECT_EQ(Ordered("/v1"), (std::vector<std::string>{"u", "x", "w", "v"}));
  now_ += seconds(6);
  EXPECT_EQ(Ordered("/v1"), (std::vector<std::string>{"u", "w", "x", "v"}));
}

TEST_F(UpstreamTableTest, WeightsAreGivenByNameWhateverIsListed) {
  AddUpstream("v");
  routes_[0].choosing.policy = settings::PolicyKind::kWeighted;
  routes_[0].weights = {{"u", 0}};
  Apply();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Ordered("/v1")[0], "v");
}

TEST_F(UpstreamTableTest, TellsWhichCredentialsRestAndWhy) {
  EXPECT_TRUE(table().Health(now_, {}).empty());
  EXPECT_FALSE(table().health_changed());
  Answer(1, 429, seconds(10));
  EXPECT_TRUE(table().health_changed());
  const auto health = table().Health(now_, {});
  ASSERT_EQ(health.size(), 1U);
  EXPECT_EQ(health[0].upstream, "u");
  EXPECT_EQ(health[0].credential_id, "two");
  EXPECT_EQ(health[0].state, model::HealthState::kResting);
  EXPECT_EQ(health[0].cause, "status 429");
  EXPECT_EQ(*health[0].until - health[0].since, seconds(10));
  EXPECT_FALSE(table().health_changed());
}

TEST_F(UpstreamTableTest, FailuresOutliveAChangeOfSettingsButNotTheirUpstream) {
  EXPECT_FALSE(table().any_failing());
  for (int i = 0; i < 5; ++i) Answer(0, 503);
  EXPECT_TRUE(table().any_failing());
  EXPECT_FALSE(table().Admits(upstream(), "", now_));
  Apply();
  EXPECT_FALSE(table().Admits(upstream(), "", now_));
  upstreams_[0].name = "another";
  Apply();
  EXPECT_TRUE(table().Admits(upstream(), "", now_));
  EXPECT_TRUE(table().Health(now_, {}).empty());
  EXPECT_FALSE(table().any_failing());
}

}  // namespace
}  // namespace llmgw::route

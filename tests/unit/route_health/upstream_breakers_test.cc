#include "dataplane/route/health/upstream_breakers.h"

#include <gtest/gtest.h>

namespace llmgw::route::health {
namespace {

using model::UpstreamOutcome;
using std::chrono::seconds;

class UpstreamBreakersTest : public ::testing::Test {
 protected:
  bool Answer(const std::string& model, UpstreamOutcome outcome, int status = 0,
              bool has_credential = true) {
    breakers.Began(model, now);
    return breakers.Answered({.outcome = outcome,
                              .status = status,
                              .slug = "first_byte_timeout",
                              .model = model,
                              .began = now,
                              .now = now},
                             has_credential, rules);
  }
  void Repeat(int times, const std::string& model, UpstreamOutcome outcome, int status = 0) {
    for (int i = 0; i < times; ++i) Answer(model, outcome, status);
  }
  bool Admits(const std::string& model) const { return breakers.Admits(model, now, rules); }
  std::vector<model::UpstreamHealth> Report() const {
    std::vector<model::UpstreamHealth> out;
    breakers.Report("up", {}, out);
    return out;
  }

  settings::HealthSettings rules;
  MonotonicTime now{seconds(1000)};
  UpstreamBreakers breakers;
};

TEST_F(UpstreamBreakersTest, ModelsFailApart) {
  Repeat(5, "bad", UpstreamOutcome::kAnswered, 503);
  EXPECT_FALSE(Admits("bad"));
  EXPECT_TRUE(Admits("good"));
  const auto report = Report();
  ASSERT_EQ(report.size(), 1U);
  EXPECT_EQ(report[0].upstream, "up");
  EXPECT_EQ(report[0].model, "bad");
  EXPECT_EQ(report[0].cause, "status 503");
  EXPECT_EQ(report[0].until.value() - report[0].since, seconds(5));
}

TEST_F(UpstreamBreakersTest, AStreamIsJudgedByItsEnd) {
  const auto begin = [&] {
    breakers.Began("m", now);
    breakers.Answered({.outcome = UpstreamOutcome::kAnswered,
                       .status = 200,
                       .open = true,
                       .model = "m",
                       .began = now,
                       .now = now},
                      true, rules);
  };
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(Admits("m"));
    begin();
    Answer("m", UpstreamOutcome::kBroke);
  }
  EXPECT_FALSE(Admits("m"));
  now += seconds(6);
  begin();
  EXPECT_FALSE(Admits("m")) << "the trial has only begun";
  Answer("m", UpstreamOutcome::kAnswered, 200);
  EXPECT_TRUE(Admits("m"));
}

TEST_F(UpstreamBreakersTest, WhatCantBeReachedCantBeReachedForAnyModel) {
  for (const char* model : {"a", "b", "c", "d", "e"}) Answer(model, UpstreamOutcome::kUnreachable);
  EXPECT_FALSE(Admits("f"));
  ASSERT_EQ(Report().size(), 1U);
  EXPECT_EQ(Report()[0].model, "");
}

TEST_F(UpstreamBreakersTest, TimeoutsAndBreaksAreFailures) {
  Repeat(2, "m", UpstreamOutcome::kTimeout);
  Repeat(3, "m", UpstreamOutcome::kBroke);
  EXPECT_FALSE(Admits("m"));
}

TEST_F(UpstreamBreakersTest, FaultsOfClientsAndCancelsAreNot) {
  for (const int status : {400, 404, 409, 413, 422})
    Repeat(30, "m", UpstreamOutcome::kAnswered, status);
  Repeat(30, "m", UpstreamOutcome::kNothing);
  EXPECT_TRUE(Admits("m"));
  EXPECT_TRUE(UpstreamBreakers::IsGood(model::UpstreamAnswer(), true));
}

TEST_F(UpstreamBreakersTest, RefusedCredentialsSayNothingOfTheUpstream) {
  for (const int status : {401, 403, 429}) Repeat(30, "m", UpstreamOutcome::kAnswered, status);
  EXPECT_TRUE(Admits("m"));
  for (int i = 0; i < 5; ++i) Answer("m", UpstreamOutcome::kAnswered, 429, false);
  EXPECT_FALSE(Admits("m")) << "without a credential the quota is the upstream's";
}

TEST_F(UpstreamBreakersTest, RequestsWithoutAModelAreOne) {
  for (const char* path : {"/v1/files/a", "/v1/files/b", "/v1/c", "/d", "/e"})
    Answer(path, UpstreamOutcome::kTimeout);
  EXPECT_FALSE(Admits("/v1/files/f"));
  EXPECT_TRUE(Admits("m"));
}

TEST_F(UpstreamBreakersTest, KeepsABoundedNumberOfModels) {
  Repeat(5, "first", UpstreamOutcome::kTimeout);
  now += seconds(1);
  for (size_t i = 1; i < UpstreamBreakers::kMostModels; ++i)
    Answer("model-" + std::to_string(i), UpstreamOutcome::kTimeout);
  EXPECT_FALSE(Admits("first"));
  Answer("one more", UpstreamOutcome::kTimeout);
  EXPECT_TRUE(Admits("first")) << "it failed least recently";
}

TEST_F(UpstreamBreakersTest, AFailedCheckEjectsEveryModelUntilItSucceeds) {
  rules.check_path = "/health";
  breakers.SetCheck(FailedCheck{now, "status 503"});
  EXPECT_FALSE(Admits("m"));
  ASSERT_EQ(Report().size(), 1U);
  EXPECT_EQ(Report()[0].state, model::HealthState::kCheckFailed);
  EXPECT_EQ(Report()[0].cause, "status 503");
  EXPECT_FALSE(Report()[0].until);
  breakers.SetCheck(std::nullopt);
  EXPECT_TRUE(Admits("m"));
}

TEST_F(UpstreamBreakersTest, WhatIsSwitchedOffIsForgotten) {
  rules.check_path = "/health";
  breakers.SetCheck(FailedCheck{now, "status 503"});
  Repeat(5, "m", UpstreamOutcome::kTimeout);
  EXPECT_FALSE(breakers.Sweep(now, rules));
  rules.check_path.clear();
  rules.passive = false;
  EXPECT_TRUE(Admits("m"));
  EXPECT_TRUE(breakers.Sweep(now, rules));
}

TEST_F(UpstreamBreakersTest, NothingIsLeftAfterAQuietWindow) {
  Answer("m", UpstreamOutcome::kTimeout);
  Answer("m", UpstreamOutcome::kAnswered, 200);
  EXPECT_FALSE(breakers.Sweep(now, rules));
  now += rules.window;
  EXPECT_TRUE(breakers.Sweep(now, rules));
}

}  // namespace
}  // namespace llmgw::route::health

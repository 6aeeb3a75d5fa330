// What fails is left alone for a while, tried again, and does not slow what works.
#include <algorithm>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"
#include "tests/integration/gateway/unresponsive_port.h"
#include "tests/support/wait.h"

namespace llmgw::test {
namespace {

using model::HealthState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr char kChat[] = R"({"model":"gpt-4o","messages":[]})";
constexpr milliseconds kConnectTimeout{400};

class HealthTest : public GatewayTest {
 protected:
  HealthTest() {
    first.Always(AnswerJson(200, R"({"from":"first"})"));
    second.Always(AnswerJson(200, R"({"from":"second"})"));
  }

  // "first" is ejected after three failures.
  settings::UpstreamSettings& AddTwo() {
    AddUpstream("second", second).health.passive = true;
    settings::UpstreamSettings& upstream = AddBefore("first", first);
    upstream.health.consecutive_failures = 3;
    return upstream;
  }
  settings::UpstreamSettings& AddBefore(const std::string& name, const FakeUpstream& fake) {
    route().upstreams = {name, "second"};
    settings::UpstreamSettings& upstream = AddUpstream(name, fake);
    upstream.health.passive = true;
    return upstream;
  }

  std::string From(const std::string& body = kChat) {
    const std::string answer = Chat(body).body;
    for (const char* name : {"first", "second"})
      if (answer == R"({"from":")" + std::string(name) + R"("})") return name;
    return answer;
  }
  // How many upstreams the next recorded request tried.
  size_t Attempts() {
    const auto record = records.Wait();
    return record ? record->attempts.size() : 0;
  }
  void FailFirst(int times = 3) {
    first.FailNext(times, 500);
    for (int i = 0; i < times; ++i) {
      EXPECT_EQ(From(), "second");
      EXPECT_EQ(Attempts(), 2U);
    }
  }
  // Waits until the gateway says that.
  [[nodiscard]] bool BecomesHealthy() {
    return WaitFor([&] { return gateway().health().empty(); });
  }
  [[nodiscard]] bool Becomes(HealthState state, uint32_t ejections = 0) {
    return WaitFor([&] {
      const auto health = gateway().health();
      return health.size() == 1 && health[0].upstream == "first" && health[0].state == state &&
             health[0].ejections >= ejections;
    });
  }
  milliseconds P99(int requests, const std::string& token = kKey) {
    std::vector<steady_clock::duration> took;
    for (int i = 0; i < requests; ++i) {
      const auto begun = steady_clock::now();
      EXPECT_EQ(Chat(kChat, token).status, 200);
      took.push_back(steady_clock::now() - begun);
    }
    std::sort(took.begin(), took.end());
    return std::chrono::duration_cast<milliseconds>(took[took.size() * 99 / 100]);
  }

  FakeUpstream first;
  FakeUpstream second;
};

TEST_F(HealthTest, ADeadUpstreamIsNotTriedAgainAfterFailuresInARow) {
  AddTwo();
  Start();
  first.Stop();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(From(), "second");
    EXPECT_EQ(Attempts(), 2U);
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(From(), "second");
    EXPECT_EQ(Attempts(), 1U);
  }
  ASSERT_TRUE(Becomes(HealthState::kEjected, 1));
  EXPECT_EQ(gateway().health()[0].model, "") << "it can't be reached, whatever the model";
  EXPECT_EQ(gateway().health()[0].cause, "connect_failed");
}

TEST_F(HealthTest, ErrorsOfOneModelLeaveTheOthersAlone) {
  AddTwo();
  Start();
  FailFirst();
  EXPECT_EQ(From(), "second");
  EXPECT_EQ(From(R"({"model":"other"})"), "first");
  ASSERT_TRUE(Becomes(HealthState::kEjected, 1));
  EXPECT_EQ(gateway().health()[0].model, "gpt-4o");
  EXPECT_EQ(gateway().health()[0].cause, "status 500");
}

TEST_F(HealthTest, FaultsOfClientsEjectNothing) {
  AddTwo();
  Start();
  first.FailNext(10, 400);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Chat().status, 400);
  EXPECT_EQ(From(), "first");
  EXPECT_TRUE(gateway().health().empty());
}

TEST_F(HealthTest, WithoutPassiveHealthNothingIsEjected) {
  AddTwo().health.passive = false;
  Start();
  FailFirst(10);
  EXPECT_EQ(From(), "first");
}

TEST_F(HealthTest, AfterItsEjectionASuccessfulTrialBringsItBack) {
  AddTwo().health.ejection = milliseconds(50);
  Start();
  FailFirst();
  ASSERT_TRUE(Becomes(HealthState::kTrial));
  EXPECT_EQ(From(), "first");
  EXPECT_TRUE(BecomesHealthy());
  EXPECT_EQ(From(), "first");
}

TEST_F(HealthTest, AFailedTrialEjectsItForLonger) {
  AddTwo().health.ejection = milliseconds(50);
  Start();
  FailFirst();
  ASSERT_TRUE(Becomes(HealthState::kTrial));
  const auto before = gateway().health()[0];
  FailFirst(1);
  ASSERT_TRUE(WaitFor([&] {
    const auto health = gateway().health();
    return health.size() == 1 && health[0].ejections == 2;
  }));
  EXPECT_EQ(gateway().health()[0].since, before.since) << "there was no success between";
  EXPECT_GE(*gateway().health()[0].until, *before.until + milliseconds(100));
}

TEST_F(HealthTest, OneRequestAtATimeTries) {
  AddTwo().health.ejection = milliseconds(50);
  Start();
  FailFirst();
  ASSERT_TRUE(Becomes(HealthState::kTrial));
  ASSERT_EQ(first.requests().size(), 3U);
  Gate gate;
  first.Next(WaitFirst(gate, AnswerJson(200, R"({"from":"first"})")));
  Connection trial = OpenStream();
  while (first.requests().size() < 4) ASSERT_TRUE(first.WaitForRequest());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(From(), "second");
  gate.Open();
  EXPECT_TRUE(BecomesHealthy());
  EXPECT_EQ(From(), "first");
}

TEST_F(HealthTest, WhenAllAreEjectedAllAreUsedInOrder) {
  settings::UpstreamSettings& other = AddUpstream("second", second);
  settings::UpstreamSettings& upstream = AddBefore("first", first);
  for (settings::UpstreamSettings* each : {&upstream, &other}) {
    each->health.passive = true;
    each->health.consecutive_failures = 3;
    each->health.ejection = seconds(60);
  }
  Start();
  first.FailNext(4, 500);
  second.FailNext(3, 500);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Chat().status, 500);
    EXPECT_EQ(Attempts(), 2U);
  }
  ASSERT_TRUE(WaitFor([&] { return gateway().health().size() == 2; }));
  EXPECT_EQ(From(), "second");
  EXPECT_EQ(Attempts(), 2U) << "the first one was tried too";
  EXPECT_EQ(From(), "second");
  EXPECT_EQ(Attempts(), 1U) << "the success of the second one ended its ejection";
}

TEST_F(HealthTest, WhatIsKnownOutlivesAChangeOfTheSettings) {
  AddTwo();
  Start();
  FailFirst();
  Apply();
  EXPECT_EQ(From(), "second");
  EXPECT_EQ(Attempts(), 1U);
  RemoveUpstream("first");
  route().upstreams = {"second"};
  Apply();
  EXPECT_TRUE(BecomesHealthy());
}

// ---- nobody waits for what does not work

TEST_F(HealthTest, AnUpstreamThatDoesNotAcceptSlowsNobodyOnceItIsEjected) {
  const UnresponsivePort silent;
  settings::UpstreamSettings& upstream = AddTwo();
  upstream.endpoint.port = silent.port();
  upstream.pool_key = "silent";
  upstream.timeouts.connect = kConnectTimeout;
  Start();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(From(), "second");
  EXPECT_LT(P99(200), kConnectTimeout) << "nobody waits for the dead one";
  EXPECT_TRUE(first.requests().empty());
}

TEST_F(HealthTest, AnUpstreamThatHangsSlowsNobodyOnceItIsEjected) {
  settings::UpstreamSettings& upstream = AddTwo();
  upstream.timeouts.first_byte = kConnectTimeout;
  Start();
  first.Always(Hang());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(From(), "second");
  EXPECT_LT(P99(200), kConnectTimeout);
  EXPECT_EQ(first.requests().size(), 3U);
}

TEST_F(HealthTest, UpstreamsThatHangOrTrickleDoNotSlowTheRequestsOfOthersMeanwhile) {
  AddUpstream("second", second);
  AddUpstream("first", first);
  route().upstreams = {"second"};
  AddRoute("slow", "/slow").upstreams = {"first"};
  Start();
  const milliseconds alone = P99(200);
  Gate trickling;
  std::vector<Connection> waiting;
  for (int i = 0; i < 40; ++i) {
    first.Next(i % 2 == 0 ? Hang() : Trickle(AnswerJson(200, R"({"from":"first"})"), trickling));
    waiting.push_back(Connect());
    ASSERT_TRUE(
        waiting.back().Write(Print({.method = "POST",
                                    .target = "/slow/chat/completions",
                                    .headers = {{"Authorization", std::string("Bearer ") + kKey}},
                                    .body = kChat})));
    ASSERT_TRUE(first.WaitForRequest());
    trickling.Release(3);
  }
  // Of the same order: a wait for any of them would take seconds.
  EXPECT_LT(P99(200), alone * 10 + milliseconds(200));
}

// ---- active checks

class CheckTest : public HealthTest {
 protected:
  // "first" is asked every 100 ms.
  settings::UpstreamSettings& AddChecked() {
    settings::UpstreamSettings& upstream = AddTwo();
    upstream.health.check_path = "/health?deep=1";
    upstream.health.check_interval = milliseconds(100);
    upstream.health.check_timeout = milliseconds(500);
    upstream.health.unhealthy_after = 2;
    upstream.health.healthy_after = 2;
    return upstream;
  }
};

TEST_F(CheckTest, AnUpstreamWhoseChecksFailIsLeftAloneUntilTheySucceed) {
  AddChecked();
  first.OnPath("/health", AnswerJson(503, "{}"));
  Start();
  ASSERT_TRUE(Becomes(HealthState::kCheckFailed));
  EXPECT_EQ(gateway().health()[0].cause, "status 503");
  EXPECT_FALSE(gateway().health()[0].until);
  EXPECT_EQ(From(), "second");
  EXPECT_EQ(Attempts(), 1U);
  first.OnPath("/health", AnswerJson(200, "{}"));
  EXPECT_TRUE(BecomesHealthy());
  EXPECT_EQ(From(), "first");
  const auto check = first.WaitForRequest();
  ASSERT_TRUE(check);
  EXPECT_EQ(check->method, "GET");
  EXPECT_EQ(check->target, "/health?deep=1");
  EXPECT_EQ(check->Header("authorization"), "Bearer sk-upstream-first");
  EXPECT_EQ(check->Header("host"), first.address());
}

TEST_F(CheckTest, AllWorkersHearOfIt) {
  options().workers = 3;
  AddChecked();
  first.OnPath("/health", AnswerJson(503, "{}"));
  Start();
  ASSERT_TRUE(Becomes(HealthState::kCheckFailed));
  // Every connection may be another worker's.
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(WaitFor([&] { return From() == "second"; }));
}

TEST_F(CheckTest, ADeadAndAHangingUpstreamFailTheirChecks) {
  AddChecked();
  first.OnPath("/health", Hang());
  Start();
  ASSERT_TRUE(Becomes(HealthState::kCheckFailed));
  EXPECT_EQ(gateway().health()[0].cause, "first_byte_timeout");
  first.OnPath("/health", AnswerJson(200, "{}"));
  ASSERT_TRUE(BecomesHealthy());
  first.Stop();
  EXPECT_TRUE(Becomes(HealthState::kCheckFailed));
  EXPECT_EQ(gateway().health()[0].cause, "connect_failed");
}

TEST_F(CheckTest, WithoutAnyOtherUpstreamAFailedCheckStopsNobody) {
  AddChecked();
  route().upstreams = {"first"};
  first.OnPath("/health", AnswerJson(503, "{}"));
  Start();
  ASSERT_TRUE(Becomes(HealthState::kCheckFailed));
  EXPECT_EQ(From(), "first");
}

TEST_F(CheckTest, AnUpstreamThatIsCheckedNoLongerIsUsedAgain) {
  settings::UpstreamSettings& upstream = AddChecked();
  first.OnPath("/health", AnswerJson(503, "{}"));
  Start();
  ASSERT_TRUE(Becomes(HealthState::kCheckFailed));
  Apply();
  EXPECT_EQ(From(), "second") << "the same rules change nothing";
  upstream.health.check_path.clear();
  Apply();
  EXPECT_TRUE(BecomesHealthy());
  EXPECT_EQ(From(), "first");
}

}  // namespace
}  // namespace llmgw::test

// Which upstream is asked first, by the policy of the route.
#include <map>
#include <string>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using settings::PolicyKind;
using settings::StickyOn;
using std::chrono::milliseconds;

class ChoosingTest : public GatewayTest {
 protected:
  ChoosingTest() {
    a.Always(AnswerJson(200, R"({"from":"a"})"));
    b.Always(AnswerJson(200, R"({"from":"b"})"));
    c.Always(AnswerJson(200, R"({"from":"c"})"));
  }

  void StartWith(PolicyKind policy, std::map<std::string, uint32_t> weights = {}) {
    route().choosing.policy = policy;
    route().weights = std::move(weights);
    AddUpstream("a", a);
    AddUpstream("b", b);
    AddUpstream("c", c);
    Start();
  }

  // Who answers, by the letter in the answer.
  std::string Ask(const std::string& body = R"({"model":"m"})", const std::string& token = kKey) {
    const HttpAnswer answer = Chat(body, token);
    EXPECT_EQ(answer.status, 200);
    return answer.body.size() > 9 ? answer.body.substr(9, 1) : "?";
  }
  std::map<std::string, int> Count(int requests) {
    std::map<std::string, int> count;
    for (int i = 0; i < requests; ++i) ++count[Ask()];
    return count;
  }

  FakeUpstream a;
  FakeUpstream b;
  FakeUpstream c;
};

TEST_F(ChoosingTest, OrderAlwaysAsksTheFirst) {
  StartWith(PolicyKind::kOrder);
  EXPECT_EQ(Count(20), (std::map<std::string, int>{{"a", 20}}));
}

TEST_F(ChoosingTest, RandomAsksThemAll) {
  StartWith(PolicyKind::kRandom);
  auto count = Count(150);
  for (const char* name : {"a", "b", "c"}) EXPECT_GT(count[name], 15) << name;
}

TEST_F(ChoosingTest, WeightedAsksByShareAndNeverAtWeightZero) {
  StartWith(PolicyKind::kWeighted, {{"a", 9}, {"b", 1}, {"c", 0}});
  auto count = Count(200);
  EXPECT_GT(count["a"], 140);
  EXPECT_GT(count["b"], 1);
  EXPECT_EQ(count["c"], 0);
  // But it stands in.
  a.Stop();
  b.Stop();
  EXPECT_EQ(Ask(), "c");
}

TEST_F(ChoosingTest, RoundRobinTakesTurnsByWeight) {
  StartWith(PolicyKind::kRoundRobin, {{"a", 2}});
  std::string turns;
  for (int i = 0; i < 8; ++i) turns += Ask();
  EXPECT_EQ(turns, "abcaabca");
}

TEST_F(ChoosingTest, ThePolicyOrdersWhatTheListsLeave) {
  route().choosing.policy = PolicyKind::kRoundRobin;
  AddUpstream("a", a).models.allow = {"gpt-*"};
  AddUpstream("b", b);
  AddUpstream("c", c).models.deny = {"gpt-4o"};
  Start();
  std::string turns;
  for (int i = 0; i < 4; ++i) turns += Ask(R"({"model":"gpt-4o"})");
  EXPECT_EQ(turns, "abab");
  EXPECT_TRUE(c.requests().empty());
}

TEST_F(ChoosingTest, WhoFollowsStandsInWhenTheFirstFails) {
  StartWith(PolicyKind::kRoundRobin);
  b.FailNext(1, 503);
  std::string turns;
  for (int i = 0; i < 3; ++i) turns += Ask();
  EXPECT_EQ(turns, "acc");
  (void)records.Wait();
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 2U);
  EXPECT_EQ(record->attempts[0].upstream, "b");
  EXPECT_EQ(record->attempts[1].upstream, "c");
}

TEST_F(ChoosingTest, LeastPendingAvoidsWhoIsBusyUntilItsStreamEnds) {
  StartWith(PolicyKind::kLeastPending);
  // One stream on each, held open.
  std::map<FakeUpstream*, Gate> gates;
  std::vector<Connection> clients;
  for (FakeUpstream* fake : {&a, &b, &c}) {
    Gate& gate = gates[fake];
    gate.Release();
    fake->Always(StreamSse({"begun", "[DONE]"}, gate));
  }
  for (int i = 0; i < 3; ++i) {
    clients.push_back(OpenStream());
    ASSERT_NE(clients.back().TakeThrough("data: begun\n\n"), "");
  }
  EXPECT_EQ(a.requests().size(), 1U);
  EXPECT_EQ(b.requests().size(), 1U);
  EXPECT_EQ(c.requests().size(), 1U);
  // Only the stream of "b" ends: it is the idle one.
  for (FakeUpstream* fake : {&a, &b, &c}) fake->Always(AnswerJson(200, "{}"));
  gates[&b].Open();
  const auto ended = records.Wait();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->upstream, "b");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(a.requests().size(), 1U);
  EXPECT_EQ(b.requests().size(), 6U);
  EXPECT_EQ(c.requests().size(), 1U);
}

TEST_F(ChoosingTest, AClientThatLeavesIsNoLongerPending) {
  StartWith(PolicyKind::kLeastPending);
  for (FakeUpstream* fake : {&a, &b, &c}) fake->Always(Hang());
  {
    Connection client = OpenStream();
    bool asked = false;
    while (!asked)
      for (FakeUpstream* fake : {&a, &b, &c})
        asked = asked || fake->WaitForRequest(milliseconds(5)).has_value();
  }
  ASSERT_TRUE(records.Wait());
  for (FakeUpstream* fake : {&a, &b, &c}) fake->Always(AnswerJson(200, "{}"));
  // All are idle again: each gets its share.
  for (int i = 0; i < 90; ++i) EXPECT_EQ(Chat().status, 200);
  for (FakeUpstream* fake : {&a, &b, &c}) EXPECT_GT(fake->requests().size(), 8U);
}

TEST_F(ChoosingTest, EwmaLeavesWhoFailsAndWhoIsStillWaitedFor) {
  StartWith(PolicyKind::kEwma);
  // A failure counts as the slowest of answers.
  for (FakeUpstream* fake : {&a, &b, &c}) fake->Always(AnswerJson(200, R"({"from":"x"})"));
  a.Always(AnswerJson(500, "{}"));
  for (int i = 0; i < 60; ++i) EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(a.requests().size(), 1U);
  EXPECT_GT(b.requests().size() + c.requests().size(), 55U);
}

TEST_F(ChoosingTest, StickyKeepsAKeyAtItsUpstream) {
  for (int i = 0; i < 30; ++i) AddKey("key_" + std::to_string(i), "token-" + std::to_string(i));
  StartWith(PolicyKind::kSticky);
  std::map<std::string, int> count;
  for (int i = 0; i < 30; ++i) {
    const std::string token = "token-" + std::to_string(i);
    const std::string home = Ask(R"({"model":"m"})", token);
    ++count[home];
    for (int j = 0; j < 3; ++j) EXPECT_EQ(Ask(R"({"model":"m"})", token), home);
  }
  for (const char* name : {"a", "b", "c"}) EXPECT_GT(count[name], 1) << name;
}

TEST_F(ChoosingTest, StickyMovesOnlyThoseWhoseUpstreamIsGone) {
  route().choosing.sticky_on = StickyOn::kUser;
  StartWith(PolicyKind::kSticky);
  const auto body = [](int i) {
    return R"({"model":"m","safety_identifier":"user-)" + std::to_string(i) + R"("})";
  };
  std::vector<std::string> homes;
  for (int i = 0; i < 40; ++i) homes.push_back(Ask(body(i)));
  RemoveUpstream("b");
  Apply();
  int moved = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string now = Ask(body(i));
    if (homes[static_cast<size_t>(i)] == "b") {
      ++moved;
      EXPECT_NE(now, "b");
    } else {
      EXPECT_EQ(now, homes[static_cast<size_t>(i)]);
    }
  }
  EXPECT_GT(moved, 0);
}

TEST_F(ChoosingTest, StickyOnThePromptGoesByTheBeginningOfTheBody) {
  route().choosing.sticky_on = StickyOn::kPrompt;
  StartWith(PolicyKind::kSticky);
  // Large ones lie in a file.
  for (const size_t rest : {size_t{10}, size_t{2} << 20}) {
    std::map<std::string, int> count;
    for (int prompt = 0; prompt < 12; ++prompt) {
      const std::string beginning =
          R"({"model":"m","p":")" + std::to_string(prompt) + std::string(1100, 'p');
      const std::string home = Ask(beginning + std::string(rest, 'x') + "\"}");
      ++count[home];
      EXPECT_EQ(Ask(beginning + std::string(rest, 'y') + "\"}"), home);
    }
    EXPECT_GT(count.size(), 1U);
  }
}

}  // namespace
}  // namespace llmgw::test

// Properties of the policies over many requests.
#include "dataplane/route/policy/policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <string>

#include "dataplane/route/stable_hash.h"

namespace llmgw::route {
namespace {

using settings::PolicyKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

class PolicyTest : public ::testing::Test {
 protected:
  UpstreamState& Add(const std::string& name, uint32_t weight = 1) {
    settings::UpstreamSettings& upstream = upstreams_.emplace_back();
    upstream.name = name;
    upstream.index = upstreams_.size() - 1;
    UpstreamState& state = states_.emplace_back();
    state.name_hash = StableHash(name);
    candidates_.push_back({&upstream, &state, weight});
    turns_.push_back(0);
    return state;
  }

  // One request's order.
  std::vector<std::string> Order(PolicyKind kind, uint64_t affinity = 0) {
    std::vector<Candidate> candidates = candidates_;
    PolicyFor(kind)->Order(candidates, {turns_, random_, affinity, now_});
    std::vector<std::string> names;
    for (const Candidate& candidate : candidates) names.push_back(candidate.upstream->name);
    return names;
  }
  std::string First(PolicyKind kind, uint64_t affinity = 0) { return Order(kind, affinity)[0]; }

  // Which is first how often.
  std::map<std::string, int> Firsts(PolicyKind kind, int requests) {
    std::map<std::string, int> count;
    for (int i = 0; i < requests; ++i)
      ++count[First(kind, StableHash("caller" + std::to_string(i)))];
    return count;
  }

  void Without(const std::string& name) {
    std::erase_if(candidates_, [&](const Candidate& c) { return c.upstream->name == name; });
  }

  std::deque<settings::UpstreamSettings> upstreams_;
  std::deque<UpstreamState> states_;
  std::vector<Candidate> candidates_;
  std::vector<int64_t> turns_;
  Random random_{7};
  MonotonicTime now_ = MonotonicTime(std::chrono::hours(1));
};

const PolicyKind kAll[] = {PolicyKind::kRandom,     PolicyKind::kWeighted,
                           PolicyKind::kRoundRobin, PolicyKind::kLeastPending,
                           PolicyKind::kEwma,       PolicyKind::kSticky};

TEST_F(PolicyTest, OrderNeedsNone) { EXPECT_EQ(PolicyFor(PolicyKind::kOrder), nullptr); }

TEST_F(PolicyTest, EachKeepsEveryCandidateOnce) {
  for (const char* name : {"a", "b", "c", "d", "e"}) Add(name);
  for (const PolicyKind kind : kAll) {
    for (uint64_t i = 0; i < 50; ++i) {
      std::vector<std::string> names = Order(kind, Mix(i));
      std::sort(names.begin(), names.end());
      EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "c", "d", "e"}));
    }
  }
}

TEST_F(PolicyTest, RandomGivesAllTheSameShare) {
  for (const char* name : {"a", "b", "c"}) Add(name);
  for (const auto& [name, count] : Firsts(PolicyKind::kRandom, 30'000))
    EXPECT_NEAR(count, 10'000, 500) << name;
}

TEST_F(PolicyTest, WeightedGivesSharesByWeight) {
  Add("a", 5);
  Add("b", 3);
  Add("c", 2);
  auto firsts = Firsts(PolicyKind::kWeighted, 50'000);
  EXPECT_NEAR(firsts["a"], 25'000, 700);
  EXPECT_NEAR(firsts["b"], 15'000, 700);
  EXPECT_NEAR(firsts["c"], 10'000, 700);
}

TEST_F(PolicyTest, StandInsOfWeightedAreDrawnByTheWeightsThatAreLeft) {
  Add("a", 100);
  Add("b", 30);
  Add("c", 10);
  std::map<std::string, int> next;
  for (int i = 0; i < 40'000; ++i) {
    const auto order = Order(PolicyKind::kWeighted);
    if (order[0] == "a") ++next[order[1]];
  }
  const double all = next["b"] + next["c"];
  EXPECT_NEAR(next["b"] / all, 0.75, 0.02);
}

TEST_F(PolicyTest, WeightZeroOnlyStandsIn) {
  Add("spare", 0);
  Add("a", 1);
  Add("b", 1);
  Add("last", 0);
  for (const PolicyKind kind :
       {PolicyKind::kWeighted, PolicyKind::kRoundRobin, PolicyKind::kSticky}) {
    for (uint64_t i = 0; i < 100; ++i) {
      const auto order = Order(kind, Mix(i));
      EXPECT_EQ(order[2], "spare");
      EXPECT_EQ(order[3], "last");
    }
  }
}

TEST_F(PolicyTest, RoundRobinIsExactAndInterleaved) {
  Add("a", 5);
  Add("b", 1);
  Add("c", 1);
  std::string order;
  for (int i = 0; i < 14; ++i) order += First(PolicyKind::kRoundRobin);
  // The known sequence of smooth weighted round-robin.
  EXPECT_EQ(order, "aabacaaaabacaa");
}

TEST_F(PolicyTest, RoundRobinIsFairToEqualsAmongChangingCandidates) {
  for (const char* name : {"a", "b", "c"}) Add(name);
  const std::vector<Candidate> all = candidates_;
  std::map<std::string, int> count;
  for (int i = 0; i < 3000; ++i) {
    candidates_ = all;
    if (i % 3 == 0) Without("c");  // some models are not served by all
    ++count[First(PolicyKind::kRoundRobin)];
  }
  // A half of the thousand without c and a third of the others.
  EXPECT_NEAR(count["a"], 1167, 2);
  EXPECT_NEAR(count["b"], 1167, 2);
  EXPECT_NEAR(count["c"], 667, 2);
}

TEST_F(PolicyTest, LeastPendingPrefersTheIdleOneAndSpreadsAmongEquals) {
  Add("a").pending = 3;
  Add("b").pending = 1;
  Add("c").pending = 2;
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(Order(PolicyKind::kLeastPending), (std::vector<std::string>{"b", "c", "a"}));
  for (UpstreamState& state : states_) state.pending = 0;
  for (const auto& [name, count] : Firsts(PolicyKind::kLeastPending, 3000))
    EXPECT_NEAR(count, 1000, 200) << name;
}

TEST_F(PolicyTest, LeastPendingEvensOutWhatIsUnderWay) {
  for (const char* name : {"a", "b", "c"}) Add(name);
  for (int i = 0; i < 300; ++i) {
    const std::string chosen = First(PolicyKind::kLeastPending);
    for (const Candidate& candidate : candidates_)
      if (candidate.upstream->name == chosen) ++states_[candidate.upstream->index].pending;
  }
  for (const UpstreamState& state : states_) EXPECT_EQ(state.pending, 100U);
}

TEST_F(PolicyTest, EwmaPrefersTheQuickOne) {
  UpstreamState& quick = Add("quick");
  UpstreamState& slow = Add("slow");
  quick.first_byte.Observe(milliseconds(20), now_);
  slow.first_byte.Observe(milliseconds(900), now_);
  EXPECT_EQ(Firsts(PolicyKind::kEwma, 100)["quick"], 100);
  // The quick one is not drowned: what waits for it counts.
  quick.pending = 100;
  EXPECT_EQ(Firsts(PolicyKind::kEwma, 100)["slow"], 100);
}

TEST_F(PolicyTest, EwmaFollowsAPeakAtOnceAndComesBackSlowly) {
  UpstreamState& a = Add("a");
  UpstreamState& b = Add("b");
  for (int i = 0; i < 50; ++i) {
    now_ += milliseconds(100);
    a.first_byte.Observe(milliseconds(20), now_);
    b.first_byte.Observe(milliseconds(50), now_);
  }
  EXPECT_EQ(First(PolicyKind::kEwma), "a");
  a.first_byte.Observe(seconds(3), now_);
  EXPECT_EQ(First(PolicyKind::kEwma), "b") << "one slow answer is enough";
  // Nobody asks "a" any more; "b" goes on as before.
  int until_back = 0;
  while (First(PolicyKind::kEwma) == "b" && until_back < 600) {
    now_ += milliseconds(100);
    b.first_byte.Observe(milliseconds(50), now_);
    ++until_back;
  }
  EXPECT_GT(until_back, 100);  // ten seconds at least
  EXPECT_LT(until_back, 600);  // and within a minute it is tried again
}

TEST_F(PolicyTest, EwmaTriesTheUnknownButNotWithEverybodyAtOnce) {
  UpstreamState& known = Add("known");
  UpstreamState& fresh = Add("new");
  known.first_byte.Observe(milliseconds(20), now_);
  EXPECT_EQ(First(PolicyKind::kEwma), "new");
  fresh.pending = 1;
  EXPECT_EQ(First(PolicyKind::kEwma), "known");
}

TEST_F(PolicyTest, EwmaDrawsTwoOfMany) {
  // With two choices the slowest of all is never first, and the others share.
  for (int i = 0; i < 5; ++i)
    Add(std::string(1, static_cast<char>('a' + i)))
        .first_byte.Observe(milliseconds(10 * (i + 1)), now_);
  auto firsts = Firsts(PolicyKind::kEwma, 10'000);
  EXPECT_EQ(firsts["e"], 0);
  EXPECT_NEAR(firsts["a"], 4000, 300);  // in 4 of 10 pairs
  EXPECT_NEAR(firsts["d"], 1000, 200);
}

TEST_F(PolicyTest, StickySharesByWeightAndIsTheSameEveryTime) {
  Add("a", 3);
  Add("b", 1);
  auto firsts = Firsts(PolicyKind::kSticky, 20'000);
  EXPECT_NEAR(firsts["a"], 15'000, 500);
  EXPECT_EQ(firsts, Firsts(PolicyKind::kSticky, 20'000));
}

TEST_F(PolicyTest, StickyMovesOnlyTheCallersOfAnUpstreamThatLeaves) {
  for (const char* name : {"a", "b", "c", "d"}) Add(name);
  const std::vector<Candidate> all = candidates_;
  int moved = 0;
  for (uint64_t i = 0; i < 4000; ++i) {
    candidates_ = all;
    const auto before = Order(PolicyKind::kSticky, Mix(i));
    Without("c");
    const std::string after = First(PolicyKind::kSticky, Mix(i));
    if (before[0] == "c") {
      ++moved;
      EXPECT_EQ(after, before[1]) << "its stand-in takes over";
    } else {
      EXPECT_EQ(after, before[0]);
    }
  }
  EXPECT_NEAR(moved, 1000, 150);
}

TEST_F(PolicyTest, StickyDoesNotDependOnTheOrderOfTheList) {
  for (const char* name : {"a", "b", "c"}) Add(name);
  std::vector<std::string> before;
  for (uint64_t i = 0; i < 100; ++i) before.push_back(First(PolicyKind::kSticky, Mix(i)));
  std::reverse(candidates_.begin(), candidates_.end());
  for (uint64_t i = 0; i < 100; ++i) EXPECT_EQ(First(PolicyKind::kSticky, Mix(i)), before[i]);
}

// Several dataplanes, of several versions, must agree.
TEST_F(PolicyTest, TheHashNeverChanges) {
  EXPECT_EQ(StableHash(""), 0xf52a15e9a9b5e89bULL);
  EXPECT_EQ(StableHash("key_0123456789abcdef"), 0x91f61a959ef6e6c1ULL);
  EXPECT_NE(StableHash("a"), StableHash("b"));
}

}  // namespace
}  // namespace llmgw::route

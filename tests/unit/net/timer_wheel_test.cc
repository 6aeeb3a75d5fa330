#include "dataplane/net/timer_wheel.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace llmgw::net {
namespace {

constexpr LoopTime kStart = 1'000'003;

class Entry final : public TimerEntry {
 public:
  void OnDeadline() override {
    ++fired;
    if (then) then();
  }
  int fired = 0;
  std::function<void()> then;
};

// Lets time pass as the loop does: asleep until the wheel wants to be woken. Returns when `until`
// is reached.
void Pass(TimerWheel& wheel, LoopTime& now, LoopTime until) {
  while (now < until) {
    const int timeout = wheel.NextTimeout(now);
    now = timeout < 0 ? until : std::min<LoopTime>(until, now + std::max(timeout, 1));
    wheel.Advance(now);
  }
}

TEST(TimerWheel, FiresWithinATickOfTheDeadlineAndNeverBefore) {
  for (const LoopTime delay : {1, 3, 4, 5, 100, 4'000, 4'092, 4'096, 5'000, 60'000, 3'600'000}) {
    TimerWheel wheel(kStart);
    LoopTime now = kStart;
    Entry entry;
    wheel.Set(entry, kStart + delay);
    Pass(wheel, now, kStart + delay - 1);
    EXPECT_EQ(entry.fired, 0) << delay;
    Pass(wheel, now, kStart + delay + TimerWheel::kTick);
    EXPECT_EQ(entry.fired, 1) << delay;
    Pass(wheel, now, now + 100'000);
    EXPECT_EQ(entry.fired, 1) << delay;
  }
}

TEST(TimerWheel, WantsToSleepForeverWhenThereIsNothing) {
  TimerWheel wheel(kStart);
  EXPECT_EQ(wheel.NextTimeout(kStart), -1);
  Entry entry;
  wheel.Set(entry, kNever);
  EXPECT_EQ(wheel.NextTimeout(kStart), -1);
}

TEST(TimerWheel, ADeadlineCanBeMovedLaterAndEarlier) {
  TimerWheel wheel(kStart);
  LoopTime now = kStart;
  Entry entry;
  wheel.Set(entry, kStart + 100);
  wheel.Set(entry, kStart + 9'000);
  Pass(wheel, now, kStart + 8'999);
  EXPECT_EQ(entry.fired, 0);
  wheel.Set(entry, kStart + 20'000);
  wheel.Set(entry, kStart + 9'500);
  Pass(wheel, now, kStart + 9'504);
  EXPECT_EQ(entry.fired, 1);
}

TEST(TimerWheel, AClearedOrDestroyedEntryDoesNotFire) {
  TimerWheel wheel(kStart);
  LoopTime now = kStart;
  Entry cleared;
  auto destroyed = std::make_unique<Entry>();
  wheel.Set(cleared, kStart + 50);
  wheel.Set(*destroyed, kStart + 50);
  wheel.Clear(cleared);
  destroyed.reset();
  Pass(wheel, now, kStart + 1'000);
  EXPECT_EQ(cleared.fired, 0);
  wheel.Set(cleared, now + 10);
  Pass(wheel, now, now + 20);
  EXPECT_EQ(cleared.fired, 1);
}

TEST(TimerWheel, ADeadlineInThePastFiresSoon) {
  TimerWheel wheel(kStart);
  LoopTime now = kStart;
  Entry entry;
  wheel.Set(entry, kStart - 10'000);
  Pass(wheel, now, kStart + TimerWheel::kTick);
  EXPECT_EQ(entry.fired, 1);
}

TEST(TimerWheel, OneEntryMayEndOthersOfItsSlotAndSetItselfAgain) {
  TimerWheel wheel(kStart);
  LoopTime now = kStart;
  std::vector<std::unique_ptr<Entry>> entries;
  for (int i = 0; i < 8; ++i) {
    entries.push_back(std::make_unique<Entry>());
    wheel.Set(*entries.back(), kStart + 40);
  }
  Entry again;
  again.then = [&] {
    if (again.fired < 3) wheel.Set(again, now + 8);
  };
  wheel.Set(again, kStart + 40);
  int fired = 0;
  for (auto& entry : entries) {
    // Whoever comes first ends all the others.
    entry->then = [&entries, &fired, self = entry.get()] {
      ++fired;
      for (auto& other : entries) {
        if (other.get() != self) other.reset();
      }
    };
  }
  Pass(wheel, now, kStart + 200);
  EXPECT_EQ(fired, 1);
  EXPECT_EQ(again.fired, 3);
}

TEST(TimerWheel, ALongSleepSkipsNothing) {
  TimerWheel wheel(kStart);
  std::vector<std::unique_ptr<Entry>> entries;
  for (int i = 1; i <= 500; ++i) {
    entries.push_back(std::make_unique<Entry>());
    wheel.Set(*entries.back(), kStart + i * 37);
  }
  wheel.Advance(kStart + 500 * 37 + TimerWheel::kTick);
  for (const auto& entry : entries) EXPECT_EQ(entry->fired, 1);
}

// Against the plain statement of the rule, with everything mixed.
TEST(TimerWheel, KeepsItsPromiseUnderRandomUse) {
  std::mt19937 random(7);
  const auto below = [&random](int64_t n) { return static_cast<int64_t>(random()) % n; };
  TimerWheel wheel(kStart);
  LoopTime now = kStart;
  struct Expected {
    LoopTime deadline = kNever;
    LoopTime set_at = 0;
  };
  constexpr size_t kEntries = 40;
  std::vector<Entry> entries(kEntries);
  std::vector<Expected> expected(kEntries);
  for (int step = 0; step < 20'000; ++step) {
    const size_t i = static_cast<size_t>(below(kEntries));
    if (below(4) == 0) {
      wheel.Clear(entries[i]);
      expected[i].deadline = kNever;
    } else {
      expected[i] = {now + below(below(10) == 0 ? 20'000 : 300), now};
      wheel.Set(entries[i], expected[i].deadline);
    }
    if (below(3) != 0) continue;
    const int timeout = wheel.NextTimeout(now);
    const LoopTime most = timeout < 0 ? 5'000 : timeout;
    now += below(20) == 0 ? below(9'000) : std::min(most, below(50));
    wheel.Advance(now);
    for (size_t k = 0; k < kEntries; ++k) {
      if (entries[k].fired != 0) {
        ASSERT_LE(expected[k].deadline, now);
        expected[k].deadline = kNever;
        entries[k].fired = 0;
      } else if (expected[k].deadline != kNever) {
        const LoopTime latest =
            std::max(expected[k].deadline, expected[k].set_at) + 2 * TimerWheel::kTick;
        ASSERT_GT(latest, now) << "entry " << k << " is late";
      }
    }
  }
}

}  // namespace
}  // namespace llmgw::net

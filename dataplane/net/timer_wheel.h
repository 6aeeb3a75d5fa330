#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace llmgw::net {

using Millis = std::chrono::milliseconds;
// Loop time: milliseconds of the monotonic clock. kNever is later than everything.
using LoopTime = int64_t;
inline constexpr LoopTime kNever = INT64_MAX;

// Something with a deadline. Linked into at most one slot of one wheel.
class TimerEntry {
 public:
  TimerEntry() = default;
  TimerEntry(const TimerEntry&) = delete;
  TimerEntry& operator=(const TimerEntry&) = delete;
  virtual ~TimerEntry() { Unlink(); }

 protected:
  virtual void OnDeadline() = 0;

 private:
  friend class TimerWheel;
  void Unlink();

  TimerEntry* next_ = nullptr;
  TimerEntry** link_ = nullptr;  // what points at this entry
  LoopTime deadline_ = kNever;
  LoopTime slot_time_ = kNever;  // when the slot it is linked in comes up
};

// Coarse deadlines: kTick milliseconds of precision, never early. Made for deadlines that are moved
// far more often than they fire: moving one later is a store, the entry is put further back only
// when its old slot comes up. One thread.
class TimerWheel {
 public:
  static constexpr LoopTime kTick = 4;
  static constexpr size_t kSlots = 1024;

  explicit TimerWheel(LoopTime now) : current_tick_(now / kTick) {}

  void Set(TimerEntry& entry, LoopTime deadline);
  // No deadline from now on.
  void Clear(TimerEntry& entry) { entry.deadline_ = kNever; }

  // Fires what is due. Entries may be set, cleared and destroyed from within OnDeadline.
  void Advance(LoopTime now);

  // Milliseconds until Advance has something to look at; -1 for nothing at all. At most 60,000.
  int NextTimeout(LoopTime now) const;

 private:
  void Link(TimerEntry& entry, LoopTime tick);

  LoopTime current_tick_;
  std::array<TimerEntry*, kSlots> slots_{};
  std::array<uint64_t, kSlots / 64>
      occupied_{};  // may say yes for an empty slot, never no for a used one
};

}  // namespace llmgw::net

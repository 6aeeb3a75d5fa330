#include "dataplane/net/timer_wheel.h"

#include <algorithm>
#include <bit>

namespace llmgw::net {

void TimerEntry::Unlink() {
  if (link_ == nullptr) return;
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
  link_ = nullptr;
  next_ = nullptr;
  slot_time_ = kNever;
}

void TimerWheel::Set(TimerEntry& entry, LoopTime deadline) {
  entry.deadline_ = deadline;
  if (deadline == kNever || entry.slot_time_ <= deadline) return;
  const LoopTime due = (deadline + kTick - 1) / kTick;
  Link(entry, due);
}

void TimerWheel::Link(TimerEntry& entry, LoopTime tick) {
  entry.Unlink();
  // Far deadlines wait at the edge of the wheel and are linked again when it comes round.
  tick = std::clamp(tick, current_tick_ + 1, current_tick_ + static_cast<LoopTime>(kSlots) - 1);
  const size_t slot = static_cast<size_t>(tick) % kSlots;
  entry.slot_time_ = tick * kTick;
  entry.next_ = slots_[slot];
  if (entry.next_ != nullptr) entry.next_->link_ = &entry.next_;
  slots_[slot] = &entry;
  entry.link_ = &slots_[slot];
  occupied_[slot / 64] |= 1ULL << (slot % 64);
}

void TimerWheel::Advance(LoopTime now) {
  const LoopTime target = now / kTick;
  // After a long sleep every slot is passed once, not once per tick slept.
  if (target - current_tick_ > static_cast<LoopTime>(kSlots)) {
    current_tick_ = target - static_cast<LoopTime>(kSlots);
  }
  while (current_tick_ < target) {
    ++current_tick_;
    const size_t slot = static_cast<size_t>(current_tick_) % kSlots;
    const uint64_t bit = 1ULL << (slot % 64);
    if ((occupied_[slot / 64] & bit) == 0) continue;
    occupied_[slot / 64] &= ~bit;
    // Taken over as a list of our own: an entry that is linked again never lands in the list that
    // is being walked.
    TimerEntry* due = slots_[slot];
    slots_[slot] = nullptr;
    if (due != nullptr) due->link_ = &due;
    while (due != nullptr) {
      TimerEntry& entry = *due;
      entry.Unlink();
      if (entry.deadline_ == kNever) continue;
      if (entry.deadline_ > now) {
        Link(entry, (entry.deadline_ + kTick - 1) / kTick);
        continue;
      }
      entry.deadline_ = kNever;
      entry.OnDeadline();
    }
  }
}

int TimerWheel::NextTimeout(LoopTime now) const {
  const size_t first = static_cast<size_t>(current_tick_ + 1) % kSlots;
  for (size_t step = 0; step <= occupied_.size(); ++step) {
    const size_t word = (first / 64 + step) % occupied_.size();
    uint64_t bits = occupied_[word];
    if (step == 0) bits &= ~0ULL << (first % 64);
    if (step == occupied_.size()) bits &= ~(~0ULL << (first % 64));
    if (bits == 0) continue;
    const size_t slot = word * 64 + static_cast<size_t>(std::countr_zero(bits));
    const size_t ahead = (slot + kSlots - first) % kSlots;
    const LoopTime at = (current_tick_ + 1 + static_cast<LoopTime>(ahead)) * kTick;
    return static_cast<int>(std::clamp<LoopTime>(at - now, 0, 60'000));
  }
  return -1;
}

}  // namespace llmgw::net

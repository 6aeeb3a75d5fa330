#pragma once

#include <chrono>
#include <optional>

namespace llmgw::record {

// Wakes one waiting thread. A Signal() that nobody waits for is kept; several are one. Signalling
// takes no lock, so that workers which signal one event don't meet in it. Safe for concurrent use;
// one waiter.
class WakeEvent {
 public:
  WakeEvent();
  ~WakeEvent();
  WakeEvent(const WakeEvent&) = delete;
  WakeEvent& operator=(const WakeEvent&) = delete;

  void Signal();

  // Returns after a Signal() or at `deadline` (none: never).
  void Wait(std::optional<std::chrono::steady_clock::time_point> deadline);

 private:
  int fd_;
};

}  // namespace llmgw::record

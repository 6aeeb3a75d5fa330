#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <functional>
#include <span>

namespace llmgw::bench {

// Closes a descriptor when it goes. Move-only.
class Handle {
 public:
  Handle() = default;
  explicit Handle(int fd) : fd_(fd) {}
  Handle(Handle&& other) noexcept : fd_(other.Release()) {}
  Handle& operator=(Handle&& other) noexcept;
  ~Handle();

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  int Release();

 private:
  int fd_ = -1;
};

// epoll, level-triggered, with one timer of microsecond precision (epoll_wait's own is too coarse
// for a schedule). One thread. A failing system call ends the program: nothing could be measured.
class Poller {
 public:
  Poller();

  // `tag` comes back with every event and is at least 1.
  void Add(int fd, uint32_t events, uint64_t tag);
  void Change(int fd, uint32_t events, uint64_t tag);

  // At this Now() the next Wait() returns at the latest; 0: never. Cheap when nothing changes.
  void WakeAt(int64_t time);

  // Blocks for an event, the timer, or `most_ms`. The span is good until the next call; the timer's
  // own event is not in it.
  std::span<const epoll_event> Wait(int most_ms);

 private:
  static constexpr int kEvents = 256;

  Handle epoll_;
  Handle timer_;
  int64_t wake_at_ = 0;
  epoll_event events_[kEvents];
};

// Prints "PROGRAM: what: reason" and exits with status 1.
[[noreturn]] void Die(const char* what);

// Lets the process open as many descriptors as the hard limit allows.
void RaiseDescriptorLimit();

}  // namespace llmgw::bench

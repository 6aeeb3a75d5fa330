#include "tests/bench/wire/poller.h"

#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "tests/bench/wire/clock.h"

namespace llmgw::bench {
namespace {

constexpr uint64_t kTimerTag = 0;

}  // namespace

void Die(const char* what) {
  std::fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, std::strerror(errno));
  std::exit(1);
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

Handle& Handle::operator=(Handle&& other) noexcept {
  if (this != &other) {
    if (open()) close(fd_);
    fd_ = other.Release();
  }
  return *this;
}

Handle::~Handle() {
  if (open()) close(fd_);
}

int Handle::Release() { return std::exchange(fd_, -1); }

Poller::Poller()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (!epoll_.open() || !timer_.open()) Die("epoll");
  Add(timer_.get(), EPOLLIN, kTimerTag);
}

void Poller::Add(int fd, uint32_t events, uint64_t tag) {
  epoll_event event{.events = events, .data = {.u64 = tag}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) Die("epoll_ctl");
}

void Poller::Change(int fd, uint32_t events, uint64_t tag) {
  epoll_event event{.events = events, .data = {.u64 = tag}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0) Die("epoll_ctl");
}

void Poller::WakeAt(int64_t time) {
  if (time == wake_at_) return;
  wake_at_ = time;
  // An absolute time in the past fires at once; all zero disarms.
  const itimerspec when{.it_interval = {},
                        .it_value = {.tv_sec = time / kSecond, .tv_nsec = time % kSecond}};
  if (timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr) != 0) Die("timerfd_settime");
}

std::span<const epoll_event> Poller::Wait(int most_ms) {
  int count = epoll_wait(epoll_.get(), events_, kEvents, most_ms);
  if (count < 0) {
    if (errno != EINTR) Die("epoll_wait");
    count = 0;
  }
  for (int i = 0; i < count; ++i) {
    if (events_[i].data.u64 != kTimerTag) continue;
    uint64_t expirations = 0;
    [[maybe_unused]] const ssize_t got = read(timer_.get(), &expirations, sizeof(expirations));
    wake_at_ = 0;  // has fired: the same time again must arm it again
    events_[i] = events_[--count];
    break;
  }
  return {events_, static_cast<size_t>(count)};
}

}  // namespace llmgw::bench

#include "dataplane/record/wake_event.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace llmgw::record {

WakeEvent::WakeEvent() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) std::abort();  // only at start-up, when the process is out of descriptors
}

WakeEvent::~WakeEvent() { close(fd_); }

void WakeEvent::Signal() {
  const uint64_t one = 1;
  // Can only fail when the counter is full, and then the waiter wakes anyway.
  [[maybe_unused]] const ssize_t written = write(fd_, &one, sizeof(one));
}

void WakeEvent::Wait(std::optional<std::chrono::steady_clock::time_point> deadline) {
  int timeout_ms = -1;
  if (deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
    timeout_ms = static_cast<int>(std::clamp<int64_t>(left.count(), 0, 3'600'000));
  }
  pollfd poll_fd{.fd = fd_, .events = POLLIN, .revents = 0};
  if (poll(&poll_fd, 1, timeout_ms) <= 0) return;
  uint64_t signals = 0;
  [[maybe_unused]] const ssize_t got = read(fd_, &signals, sizeof(signals));
}

}  // namespace llmgw::record

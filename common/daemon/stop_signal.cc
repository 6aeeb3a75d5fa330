#include "common/daemon/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

namespace llmgw::daemon {

StopSignal::StopSignal(std::function<void(int)> on_stop) : on_stop_(std::move(on_stop)) {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal_fd_ = signalfd(-1, &set, SFD_CLOEXEC);
  wake_fd_ = eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { Watch(); });
}

StopSignal::~StopSignal() {
  uint64_t one = 1;
  [[maybe_unused]] ssize_t written = write(wake_fd_, &one, sizeof one);
  thread_.join();
  close(wake_fd_);
  close(signal_fd_);
}

void StopSignal::Watch() {
  bool stopping = false;
  while (true) {
    pollfd fds[] = {{signal_fd_, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
    if (poll(fds, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    if (fds[1].revents != 0) return;
    signalfd_siginfo info{};
    if (read(signal_fd_, &info, sizeof info) != sizeof info) continue;
    int number = static_cast<int>(info.ssi_signo);
    if (stopping) _exit(128 + number);
    stopping = true;
    Report(number);
  }
}

void StopSignal::Report(int signal_number) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    signal_ = signal_number;
  }
  if (on_stop_) on_stop_(signal_number);
  changed_.notify_all();
}

int StopSignal::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_; });
  return signal_;
}

void StopSignal::Request() { Report(0); }

}  // namespace llmgw::daemon

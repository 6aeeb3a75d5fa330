#include "common/daemon/stop_signal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <future>

namespace llmgw::daemon {
namespace {

// A child process per test: signals and exit statuses belong to a process.
int ExitStatusOf(void (*body)()) {
  EXPECT_EXIT(
      {
        alarm(20);
        body();
        _exit(99);
      },
      testing::ExitedWithCode(0), "");
  return 0;
}

TEST(StopSignal, FirstSignalIsReportedOnceOnAThread) {
  ExitStatusOf([] {
    std::promise<int> called;
    StopSignal stop([&](int number) { called.set_value(number); });
    kill(getpid(), SIGTERM);
    bool right = stop.Wait() == SIGTERM && called.get_future().get() == SIGTERM;
    _exit(right ? 0 : 1);
  });
}

TEST(StopSignal, SecondSignalEndsTheProcessAtOnce) {
  EXPECT_EXIT(
      {
        alarm(20);
        StopSignal stop;
        kill(getpid(), SIGINT);
        stop.Wait();
        kill(getpid(), SIGTERM);
        while (true) pause();
      },
      testing::ExitedWithCode(128 + SIGTERM), "");
}

TEST(StopSignal, RequestWakesTheWaiter) {
  ExitStatusOf([] {
    StopSignal stop;
    stop.Request();
    _exit(stop.Wait());
  });
}

TEST(StopSignal, BrokenPipeDoesNotKill) {
  ExitStatusOf([] {
    StopSignal stop;
    int fds[2];
    if (pipe(fds) != 0) _exit(1);
    close(fds[0]);
    _exit(write(fds[1], "x", 1) == -1 ? 0 : 1);
  });
}

}  // namespace
}  // namespace llmgw::daemon

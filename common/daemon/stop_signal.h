#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace llmgw::daemon {

// SIGTERM and SIGINT as an event on a normal thread. The first asks for a drain; a second ends the
// process at once with status 128 + signal, so that a hung drain can't hold anybody. SIGPIPE is
// ignored from construction on.
//
// Construct before any other thread is started (threads inherit the signal mask), one per process.
// The destructor ends the watching thread and leaves the signals blocked.
class StopSignal {
 public:
  // `on_stop`, when given, runs once, on the watching thread, with the signal's number; it must not
  // block.
  explicit StopSignal(std::function<void(int)> on_stop = {});
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // Blocks until the first signal, or Request(). Returns the signal's number, 0 after Request().
  int Wait();

  // As if a first signal had come: for a component that can't go on. Any thread.
  void Request();

 private:
  void Watch();
  void Report(int signal_number);

  std::function<void(int)> on_stop_;
  int wake_fd_ = -1;
  int signal_fd_ = -1;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;  // guarded by mutex_
  int signal_ = 0;        // guarded by mutex_
  std::thread thread_;
};

}  // namespace llmgw::daemon

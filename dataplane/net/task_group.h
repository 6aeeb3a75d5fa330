#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>

#include "dataplane/net/task.h"

namespace llmgw::net {

// The only way to start a task that nobody awaits. Counts what it started; whoever stops must
// cancel the tasks (through their waiters) and let the loop run until `empty()`. One thread.
class TaskGroup {
 public:
  TaskGroup() = default;
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  // REQUIRES: empty().
  ~TaskGroup() = default;

  // Runs `task` until it first waits; its frame is freed when it ends.
  void Spawn(Task<void> task) { Run(*this, std::move(task)); }

  size_t size() const { return running_; }
  bool empty() const { return running_ == 0; }

 private:
  struct Root {
    struct promise_type {
      Root get_return_object() const noexcept { return {}; }
      std::suspend_never initial_suspend() const noexcept { return {}; }
      std::suspend_never final_suspend() const noexcept { return {}; }
      void return_void() const noexcept {}
      void unhandled_exception() const noexcept { std::terminate(); }
    };
  };

  static Root Run(TaskGroup& group, Task<void> task) {
    ++group.running_;
    co_await std::move(task);
    --group.running_;
  }

  size_t running_ = 0;
};

}  // namespace llmgw::net

#pragma once

#include <functional>
#include <mutex>

namespace llmgw::rpc {

// Runs the steps of a callback-API reactor one at a time. gRPC may call a reaction from inside
// Start…() or from another thread; deciding and starting operations only in steps gives them one
// order, and no lock is held while gRPC is called. So no operation can be started after Finish().
//
// `step` does at most one thing and says whether it did; it is called until it did nothing. Kick()
// may be called from any thread, also from inside a step: it returns at once when another call is
// running steps, which then looks again. The owner must keep the object alive during Kick() (hold a
// shared_ptr).
class Pump {
 public:
  explicit Pump(std::function<bool()> step) : step_(std::move(step)) {}

  void Kick() {
    {
      std::lock_guard lock(mutex_);
      again_ = true;
      if (running_) return;
      running_ = true;
    }
    while (TakeTurn()) {
      while (step_()) {
      }
    }
  }

 private:
  bool TakeTurn() {
    std::lock_guard lock(mutex_);
    running_ = again_;
    again_ = false;
    return running_;
  }

  const std::function<bool()> step_;
  std::mutex mutex_;
  bool running_ = false;  // guarded by mutex_
  bool again_ = false;    // guarded by mutex_
};

}  // namespace llmgw::rpc

#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace llmgw::controlplane::store {

// A mutex that is waited for only so long: what a slow database holds up must not hold up the
// threads that answer everybody else. Safe for concurrent use.
class BoundedTurn {
 public:
  // Gives the turn back when it goes. Move-only; must not outlive the BoundedTurn.
  class Holder {
   public:
    explicit Holder(BoundedTurn* turn) : turn_(turn) {}
    Holder(Holder&& other) noexcept : turn_(std::exchange(other.turn_, nullptr)) {}
    Holder& operator=(Holder&&) = delete;
    ~Holder() {
      if (turn_ != nullptr) turn_->GiveBack();
    }

   private:
    BoundedTurn* turn_;
  };

  // Empty when others had it for all of `bound`.
  std::optional<Holder> Take(std::chrono::milliseconds bound) {
    std::unique_lock lock(mutex_);
    if (!free_.wait_for(lock, bound, [this] { return !taken_; })) return std::nullopt;
    taken_ = true;
    return Holder(this);
  }

 private:
  void GiveBack() {
    {
      std::lock_guard lock(mutex_);
      taken_ = false;
    }
    free_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;  // guarded by mutex_
};

}  // namespace llmgw::controlplane::store

#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace llmgw::net {

// A limit of the whole process on something counted: connections, requests, bytes. Any thread.
// What workers use of it goes through their BudgetShare.
class Budget {
 public:
  static constexpr uint64_t kUnlimited = UINT64_MAX;

  explicit Budget(uint64_t limit) : limit_(limit) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  uint64_t limit() const { return limit_; }
  // All of `amount` or nothing.
  bool Draw(uint64_t amount) {
    uint64_t drawn = drawn_.load(std::memory_order_relaxed);
    do {
      if (drawn > limit_ || amount > limit_ - drawn) return false;
    } while (!drawn_.compare_exchange_weak(drawn, drawn + amount, std::memory_order_relaxed));
    return true;
  }
  // Also beyond the limit.
  void DrawAnyway(uint64_t amount) { drawn_.fetch_add(amount, std::memory_order_relaxed); }
  void Return(uint64_t amount) { drawn_.fetch_sub(amount, std::memory_order_relaxed); }

  // How much could be drawn now, roughly: others draw too.
  uint64_t left() const {
    const uint64_t drawn = drawn_.load(std::memory_order_relaxed);
    return drawn >= limit_ ? 0 : limit_ - drawn;
  }

 private:
  const uint64_t limit_;
  std::atomic<uint64_t> drawn_{0};
};

// One worker's part of a budget. It draws a `step` more than it needs and keeps as much of what
// comes back, so that the shared counter is touched once per step and not per request; the price is
// that up to two steps lie idle with a worker while another one may find the budget used up. Step 0
// is exact. Its worker's thread only, but for used().
class BudgetShare {
 public:
  // `budget` outlives this.
  BudgetShare(Budget& budget, uint64_t step) : budget_(budget), step_(step) {}
  BudgetShare(const BudgetShare&) = delete;
  BudgetShare& operator=(const BudgetShare&) = delete;

  // All of `amount` or nothing.
  bool Take(uint64_t amount) {
    if (amount > spare_) {
      const uint64_t lacking = amount - spare_;
      if (budget_.Draw(lacking + step_)) {
        spare_ += lacking + step_;
      } else if (budget_.Draw(lacking)) {
        spare_ += lacking;
      } else {
        return false;
      }
    }
    Use(amount);
    return true;
  }
  // For what is there already and has to be counted, whatever the limit says.
  void TakeAnyway(uint64_t amount) {
    if (amount > spare_) {
      budget_.DrawAnyway(amount - spare_);
      spare_ = amount;
    }
    Use(amount);
  }
  // REQUIRES: taken before.
  void Give(uint64_t amount) {
    used_.store(used_.load(std::memory_order_relaxed) - amount, std::memory_order_relaxed);
    spare_ += amount;
    if (spare_ <= 2 * step_) return;
    budget_.Return(spare_ - step_);
    spare_ = step_;
  }

  // Whether Take(amount) would succeed, roughly.
  bool HasRoom(uint64_t amount) const { return amount <= spare_ || amount - spare_ <= left(); }
  // Little is left: what can be kept small should be.
  bool tight() const { return left() < budget_.limit() / 8; }
  uint64_t limit() const { return budget_.limit(); }

  // Any thread.
  uint64_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  uint64_t left() const { return budget_.left(); }
  void Use(uint64_t amount) {
    spare_ -= amount;
    used_.store(used_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }

  Budget& budget_;
  const uint64_t step_;
  uint64_t spare_ = 0;             // drawn and not used
  std::atomic<uint64_t> used_{0};  // one writer: no read-modify-write instruction needed
};

// One unit of a share, given back when it goes. Move-only; empty when there was none.
class Permit {
 public:
  Permit() = default;
  explicit Permit(BudgetShare& share) : share_(share.Take(1) ? &share : nullptr) {}
  Permit(Permit&& other) noexcept : share_(std::exchange(other.share_, nullptr)) {}
  Permit& operator=(Permit&& other) noexcept {
    std::swap(share_, other.share_);
    return *this;
  }
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;
  ~Permit() {
    if (share_ != nullptr) share_->Give(1);
  }

  explicit operator bool() const { return share_ != nullptr; }

 private:
  BudgetShare* share_ = nullptr;
};

}  // namespace llmgw::net

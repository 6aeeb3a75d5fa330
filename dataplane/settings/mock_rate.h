#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace llmgw::settings {

// Admits so many requests in each second of the clock, over all workers: the one thing in the
// settings that changes, and only mock upstreams with a rate have it. Safe for concurrent use.
class MockRate {
 public:
  explicit MockRate(uint32_t per_second) : per_second_(per_second) {}

  uint32_t per_second() const { return per_second_; }

  bool Admit(std::chrono::steady_clock::time_point now) {
    const auto second = static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
    uint64_t seen = window_.load(std::memory_order_relaxed);
    while (true) {
      const bool current = seen >> kCountBits == second;
      const uint64_t count = current ? seen & kMostCounted : 0;
      if (count >= per_second_) return false;
      if (window_.compare_exchange_weak(seen, second << kCountBits | (count + 1),
                                        std::memory_order_relaxed)) {
        return true;
      }
    }
  }

 private:
  static constexpr unsigned kCountBits = 24;
  static constexpr uint64_t kMostCounted = (uint64_t{1} << kCountBits) - 1;

  const uint32_t per_second_;        // at most kMostCounted
  std::atomic<uint64_t> window_{0};  // the second, and how many came in it
};

}  // namespace llmgw::settings

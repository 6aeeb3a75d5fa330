#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace llmgw::model {

// The limit that made the gateway refuse something.
enum class Limit : uint8_t {
  kNone,
  kConnections,
  kInFlight,
  kBufferedBytes,
  kHeadSize,
  kBodySize,
  kDescriptors,
};
inline constexpr size_t kLimits = 7;

// What a client took too long for.
enum class ClientTimeout : uint8_t {
  kNone,
  kHead,
  kBody,
  kKeepAlive,  // said nothing between two requests; not a fault
  kWrite,      // did not take its answer
};
inline constexpr size_t kClientTimeouts = 5;

// Label values of metrics; "" for kNone.
const char* ToString(Limit limit);
const char* ToString(ClientTimeout timeout);

// One worker's counts of both, by enumerator. Its thread writes, any thread reads.
class OverloadCounts {
 public:
  void Refused(Limit limit) { Add(refused_[static_cast<size_t>(limit)]); }
  void TimedOut(ClientTimeout timeout) { Add(timed_out_[static_cast<size_t>(timeout)]); }
  // Accepting stopped for a moment: there was no descriptor left.
  void AcceptPaused() { Add(accept_pauses_); }

  uint64_t refused(Limit limit) const { return Get(refused_[static_cast<size_t>(limit)]); }
  uint64_t timed_out(ClientTimeout timeout) const {
    return Get(timed_out_[static_cast<size_t>(timeout)]);
  }
  uint64_t accept_pauses() const { return Get(accept_pauses_); }

 private:
  using Count = std::atomic<uint64_t>;
  static void Add(Count& count) { count.store(Get(count) + 1, std::memory_order_relaxed); }
  static uint64_t Get(const Count& count) { return count.load(std::memory_order_relaxed); }

  std::array<Count, kLimits> refused_{};
  std::array<Count, kClientTimeouts> timed_out_{};
  Count accept_pauses_{0};
};

}  // namespace llmgw::model

#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>

namespace llmgw {

// How long to wait before trying again: doubling from `first` to `most`, each wait drawn between
// half and all of it, so that a thousand clients of a restarted server don't come back at once.
// Thread-compatible.
class Backoff {
 public:
  // Uniform in [0, 1).
  using Random = std::function<double()>;

  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most,
          Random random = RealRandom())
      : first_(first), most_(most), next_(first), random_(std::move(random)) {}

  // The wait after one more failure.
  std::chrono::milliseconds Next() {
    const auto base = static_cast<double>(next_.count());
    next_ = std::min(next_ * 2, most_);
    return std::chrono::milliseconds(static_cast<int64_t>(base * (0.5 + 0.5 * random_())));
  }

  // After a success.
  void Reset() { next_ = first_; }

  static Random RealRandom() {
    return [engine = std::minstd_rand(std::random_device{}())]() mutable {
      return std::uniform_real_distribution<double>(0, 1)(engine);
    };
  }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds most_;
  std::chrono::milliseconds next_;
  Random random_;
};

}  // namespace llmgw

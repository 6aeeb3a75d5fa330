#pragma once

#include <cstdint>

namespace llmgw::route {

// Draws for spreading load; not for secrets (xorshift64*). One thread.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed | 1) {}

  // 0 … bound - 1. REQUIRES: bound > 0.
  uint32_t Below(uint32_t bound) {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    const uint64_t high = (state_ * 0x2545F4914F6CDD1DULL) >> 32;
    return static_cast<uint32_t>((high * bound) >> 32);
  }

 private:
  uint64_t state_;
};

}  // namespace llmgw::route

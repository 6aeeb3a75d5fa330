#pragma once

#include <chrono>

namespace llmgw {

using MonotonicTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

// Where time comes from. Components that decide by time take one, so that tests move it by hand.
// Safe for concurrent use.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual MonotonicTime Monotonic() const = 0;
  virtual WallTime Wall() const = 0;
};

// The process-wide real clock; never null, never destroyed.
const Clock& RealClock();

}  // namespace llmgw

#pragma once

#include <chrono>
#include <thread>

namespace llmgw::test {

// The bound of every wait in the tests. Generous, because a wait ends with its event: only a
// failing test ever sees it pass, and a sanitized build on a busy machine is slow.
inline constexpr std::chrono::milliseconds kPatience{20'000};

// Asks until `predicate()` is true or `bound` has passed; true when it came true. For events of
// other processes, which cannot notify us; inside one process use a condition variable.
template <typename Predicate>
[[nodiscard]] bool WaitFor(Predicate predicate, std::chrono::milliseconds bound = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + bound;
  std::chrono::milliseconds pause{1};
  while (!predicate()) {
    if (std::chrono::steady_clock::now() >= deadline) return predicate();
    std::this_thread::sleep_for(pause);
    if (pause < std::chrono::milliseconds{20}) pause *= 2;
  }
  return true;
}

}  // namespace llmgw::test

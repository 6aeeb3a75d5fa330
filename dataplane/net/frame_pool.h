#pragma once

#include <cstddef>

namespace llmgw::net {

// Memory of coroutine frames. A request passes through a dozen of them, always of the same few
// sizes, so each thread keeps what it frees for the next request, within bounds. A frame is given
// back on the thread that took it. Under AddressSanitizer nothing is kept, so that a use after free
// is seen.
class FramePool {
 public:
  // Throws std::bad_alloc.
  static void* Take(size_t bytes);
  // `bytes` as taken.
  static void Give(void* frame, size_t bytes) noexcept;
};

}  // namespace llmgw::net

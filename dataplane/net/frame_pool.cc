#include "dataplane/net/frame_pool.h"

#include <array>
#include <new>

namespace llmgw::net {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr size_t kMostKeptBytes = 0;
#else
constexpr size_t kMostKeptBytes = 256 * 1024;  // per thread
#endif
constexpr size_t kStep = 64;
constexpr size_t kLargest = 4096;  // larger frames are rare and not kept

struct FreeFrame {
  FreeFrame* next;
};

// Frames by size, in steps of kStep.
struct FreeLists {
  std::array<FreeFrame*, kLargest / kStep> lists{};
  size_t kept_bytes = 0;

  ~FreeLists() {
    for (FreeFrame* frame : lists) {
      while (frame != nullptr) {
        FreeFrame* const next = frame->next;
        ::operator delete(frame);
        frame = next;
      }
    }
  }
};

FreeLists& ThisThread() {
  static thread_local FreeLists lists;
  return lists;
}

constexpr size_t ListOf(size_t bytes) { return (bytes - 1) / kStep; }
constexpr size_t SizeOf(size_t list) { return (list + 1) * kStep; }

}  // namespace

void* FramePool::Take(size_t bytes) {
  if (bytes > kLargest) return ::operator new(bytes);
  FreeLists& free = ThisThread();
  const size_t list = ListOf(bytes);
  FreeFrame* const frame = free.lists[list];
  if (frame == nullptr) return ::operator new(SizeOf(list));
  free.lists[list] = frame->next;
  free.kept_bytes -= SizeOf(list);
  return frame;
}

void FramePool::Give(void* frame, size_t bytes) noexcept {
  if (bytes > kLargest) return ::operator delete(frame);
  FreeLists& free = ThisThread();
  const size_t list = ListOf(bytes);
  if (free.kept_bytes + SizeOf(list) > kMostKeptBytes) return ::operator delete(frame);
  free.kept_bytes += SizeOf(list);
  free.lists[list] = new (frame) FreeFrame{free.lists[list]};
}

}  // namespace llmgw::net

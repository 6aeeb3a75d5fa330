#include "dataplane/net/frame_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <vector>

namespace llmgw::net {
namespace {

TEST(FramePool, GivesEachFrameMemoryOfItsOwn) {
  std::vector<std::pair<void*, size_t>> frames;
  std::set<void*> distinct;
  for (const size_t bytes : {1, 64, 65, 500, 4096, 4097, 100'000}) {
    for (int i = 0; i < 3; ++i) {
      void* const frame = FramePool::Take(bytes);
      std::memset(frame, i, bytes);
      frames.emplace_back(frame, bytes);
      distinct.insert(frame);
    }
  }
  EXPECT_EQ(distinct.size(), frames.size());
  for (const auto& [frame, bytes] : frames) FramePool::Give(frame, bytes);
}

TEST(FramePool, UsesAFreedFrameForTheNextOneOfItsSize) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "nothing is kept under AddressSanitizer";
#endif
  void* const first = FramePool::Take(200);
  FramePool::Give(first, 200);
  void* const second = FramePool::Take(250);
  EXPECT_EQ(second, first);
  void* const third = FramePool::Take(200);
  EXPECT_NE(third, second);
  FramePool::Give(second, 250);
  FramePool::Give(third, 200);
}

}  // namespace
}  // namespace llmgw::net

#include "dataplane/net/http1/body_buffer.h"

#include <gtest/gtest.h>

#include <string>

namespace llmgw::net::http1 {
namespace {

TEST(BodyBufferPool, GivesRoomForWhatWasAskedFor) {
  BodyBufferPool pool;
  for (const size_t bytes : {1, 1023, 1024, 1025, 4096, 100'000, 2 << 20, (2 << 20) + 1}) {
    BodyBuffer buffer = pool.Take(bytes);
    EXPECT_GE(buffer.room().size(), bytes);
    EXPECT_EQ(buffer.size(), 0u);
    pool.Give(std::move(buffer));
  }
}

TEST(BodyBufferPool, HandsOutAGivenBufferAgainAndEmpty) {
  BodyBufferPool pool;
  BodyBuffer buffer = pool.Take(100'000);
  buffer.Append("secret");
  const char* const bytes = buffer.view().data();
  pool.Give(std::move(buffer));
  BodyBuffer again = pool.Take(70'000);
  EXPECT_EQ(again.view(), "");
  EXPECT_EQ(again.room().data(), bytes);
}

TEST(BodyBufferPool, NeverHandsOutASmallerBufferThanAskedFor) {
  BodyBufferPool pool;
  pool.Give(pool.Take(1024));
  EXPECT_GE(pool.Take(1025).capacity(), 1025u);
}

TEST(BodyBuffer, KeepsWhatWasAppendedAndWhatWasPutIntoItsRoom) {
  BodyBuffer buffer(8);
  buffer.Append("abc");
  buffer.room()[0] = 'd';
  buffer.Commit(1);
  EXPECT_EQ(buffer.view(), "abcd");
  EXPECT_EQ(buffer.room().size(), 4u);
  BodyBuffer moved = std::move(buffer);
  EXPECT_EQ(moved.view(), "abcd");
}

}  // namespace
}  // namespace llmgw::net::http1

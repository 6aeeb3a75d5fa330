#include "dataplane/forward/websocket_frames.h"

#include <gtest/gtest.h>

#include <vector>

namespace llmgw::forward {
namespace {

// One frame, by RFC 6455 5.2.
std::string Frame(uint8_t opcode, size_t payload, bool masked, bool last = true) {
  std::string frame{static_cast<char>((last ? 0x80 : 0) | opcode)};
  const char mask = masked ? static_cast<char>(0x80) : '\0';
  if (payload < 126) {
    frame += static_cast<char>(mask | static_cast<char>(payload));
  } else if (payload < 65536) {
    frame += static_cast<char>(mask | 126);
    frame += {static_cast<char>(payload >> 8), static_cast<char>(payload & 0xff)};
  } else {
    frame += static_cast<char>(mask | 127);
    for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(payload >> shift);
  }
  if (masked) frame += "\x11\x88\x7f\xff";
  // What looks like headers is payload.
  for (size_t i = 0; i < payload; ++i) frame += i % 3 == 0 ? '\x88' : '\x02';
  return frame;
}

TEST(WebsocketFrames, BoundariesAreFoundHoweverTheBytesAreCut) {
  for (const bool masked : {false, true}) {
    std::vector<size_t> ends{0};
    std::string all;
    for (const size_t payload : {0, 1, 125, 126, 127, 300, 65535, 65536, 70000}) {
      for (const bool last : {false, true}) {
        all += Frame(2, payload, masked, last);
        ends.push_back(all.size());
      }
    }
    for (const size_t cut : {1U, 2U, 3U, 7U, 1000U, 66000U, 1U << 20}) {
      FrameCursor cursor;
      size_t next = 0;
      for (size_t at = 0; at < all.size();) {
        const std::string_view piece = std::string_view(all).substr(at, cut);
        cursor.Feed(piece);
        at += piece.size();
        while (next + 1 < ends.size() && ends[next] < at) ++next;
        ASSERT_EQ(cursor.at_boundary(), ends[next] == at) << cut << " " << at;
      }
      EXPECT_FALSE(cursor.saw_close());
    }
  }
}

TEST(WebsocketFrames, ACloseFrameIsSeen) {
  FrameCursor cursor;
  cursor.Feed(Frame(1, 5, false, false));
  cursor.Feed(Frame(9, 3, false));
  EXPECT_FALSE(cursor.saw_close());
  cursor.Feed(Frame(8, 2, false).substr(0, 2));
  EXPECT_TRUE(cursor.saw_close());
  EXPECT_FALSE(cursor.at_boundary());
}

TEST(WebsocketFrames, AfterALengthThatCanNotBeThereIsNoBoundary) {
  FrameCursor cursor;
  cursor.Feed(std::string("\x82\x7f\x80\0\0\0\0\0\0\0", 10));
  cursor.Feed(Frame(1, 0, false));
  EXPECT_FALSE(cursor.at_boundary());
}

TEST(WebsocketFrames, TheGatewaysCloseFrameIsWhole) {
  const std::string frame = CloseFrame(kGoingAway, "bye");
  EXPECT_EQ(frame, std::string("\x88\x05\x03\xe9") + "bye");
  FrameCursor cursor;
  cursor.Feed(frame);
  EXPECT_TRUE(cursor.at_boundary());
  EXPECT_TRUE(cursor.saw_close());
}

}  // namespace
}  // namespace llmgw::forward

#include "dataplane/forward/websocket_frames.h"

#include <algorithm>

namespace llmgw::forward {
namespace {

constexpr uint8_t kOpcodeBits = 0x0f;
constexpr uint8_t kCloseOpcode = 0x08;
constexpr uint8_t kLengthBits = 0x7f;
constexpr uint8_t kMaskBit = 0x80;
constexpr uint8_t kLength16 = 126;
constexpr uint8_t kLength64 = 127;

}  // namespace

// As far as the bytes that are there tell.
size_t FrameCursor::HeaderBytes() const {
  if (have_ < 2) return 2;
  const uint8_t second = static_cast<uint8_t>(header_[1]);
  const uint8_t length = second & kLengthBits;
  const size_t extended = length == kLength64 ? 8 : length == kLength16 ? 2 : 0;
  return 2 + extended + ((second & kMaskBit) != 0 ? 4 : 0);
}

void FrameCursor::EndHeader() {
  const uint8_t length = static_cast<uint8_t>(header_[1]) & kLengthBits;
  const size_t extended = length == kLength64 ? 8 : length == kLength16 ? 2 : 0;
  payload_left_ = extended == 0 ? length : 0;
  for (size_t i = 0; i < extended; ++i)
    payload_left_ = payload_left_ << 8 | static_cast<uint8_t>(header_[2 + i]);
  // RFC 6455 5.2: the most significant bit must be 0.
  lost_ = payload_left_ >> 63 != 0;
  saw_close_ = saw_close_ || (static_cast<uint8_t>(header_[0]) & kOpcodeBits) == kCloseOpcode;
  have_ = 0;
}

void FrameCursor::Feed(std::string_view bytes) {
  while (!bytes.empty() && !lost_) {
    if (payload_left_ > 0) {
      const size_t pass = static_cast<size_t>(std::min<uint64_t>(payload_left_, bytes.size()));
      payload_left_ -= pass;
      bytes.remove_prefix(pass);
      continue;
    }
    header_[have_++] = bytes.front();
    bytes.remove_prefix(1);
    if (have_ == HeaderBytes()) EndHeader();
  }
}

std::string CloseFrame(uint16_t code, std::string_view reason) {
  std::string frame{static_cast<char>(0x88), static_cast<char>(2 + reason.size()),
                    static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  frame += reason;
  return frame;
}

}  // namespace llmgw::forward

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace llmgw::forward {

// Follows the frames of one direction of a WebSocket (RFC 6455 5.2) as they pass, without changing
// or keeping them: only so far that a frame of the gateway's own can be put between two of them,
// which also a fragmented message allows (5.4). Payloads, extensions and masks are not looked at.
class FrameCursor {
 public:
  void Feed(std::string_view bytes);

  // What passed so far ends with a whole frame. Never again true after a length that no frame may
  // have.
  bool at_boundary() const { return !lost_ && have_ == 0 && payload_left_ == 0; }
  // A Close frame has begun: after it nothing may follow (5.5.1).
  bool saw_close() const { return saw_close_; }

 private:
  static constexpr size_t kMostHeaderBytes = 14;

  size_t HeaderBytes() const;
  void EndHeader();

  uint64_t payload_left_ = 0;
  std::array<char, kMostHeaderBytes> header_{};
  uint8_t have_ = 0;  // bytes of a header that is not whole yet
  bool saw_close_ = false;
  bool lost_ = false;
};

// A server's Close frame. REQUIRES: reason has at most 123 bytes of UTF-8.
std::string CloseFrame(uint16_t code, std::string_view reason);

// Status codes of Close frames (RFC 6455 7.4.1 and the IANA registry).
inline constexpr uint16_t kGoingAway = 1001;
inline constexpr uint16_t kBadGateway = 1014;

}  // namespace llmgw::forward

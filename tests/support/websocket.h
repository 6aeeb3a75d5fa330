#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/connection.h"

namespace llmgw::test {

// WebSocket frames as the tests see them (RFC 6455). Written apart from the product on purpose.
enum class Opcode : uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10
};

struct WebSocketFrame {
  Opcode opcode = Opcode::kText;
  std::string payload{};
  bool last = true;     // FIN
  bool masked = false;  // clients must (5.1)
  std::string raw{};    // as read
};

std::string PrintFrame(const WebSocketFrame& frame);

// The next frame, unmasked; nothing when the connection ends or goes silent first.
std::optional<WebSocketFrame> ReadFrame(Connection& connection,
                                        std::chrono::milliseconds bound = kPatience);

// A Close frame's payload: its code, big-endian, and a reason.
std::string ClosePayload(uint16_t code, std::string_view reason = {});
uint16_t CloseCode(const WebSocketFrame& frame);

// The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key.
std::string AcceptFor(const std::string& key);

}  // namespace llmgw::test

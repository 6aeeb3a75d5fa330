#include "tests/support/websocket.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace llmgw::test {
namespace {

constexpr std::string_view kMask("\x37\xfa\x21\x3d", 4);

void ApplyMask(std::string& payload, std::string_view mask) {
  for (size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ mask[i % mask.size()]);
}

uint64_t BigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

}  // namespace

std::string PrintFrame(const WebSocketFrame& frame) {
  const size_t size = frame.payload.size();
  const int mask = frame.masked ? 0x80 : 0;
  std::string text{static_cast<char>((frame.last ? 0x80 : 0) | static_cast<int>(frame.opcode))};
  int length_bytes = 0;
  if (size < 126) {
    text += static_cast<char>(mask | static_cast<int>(size));
  } else {
    length_bytes = size < 65536 ? 2 : 8;
    text += static_cast<char>(mask | (length_bytes == 2 ? 126 : 127));
  }
  for (int i = length_bytes - 1; i >= 0; --i) text += static_cast<char>(size >> (8 * i));
  std::string payload = frame.payload;
  if (frame.masked) {
    text += kMask;
    ApplyMask(payload, kMask);
  }
  return text + payload;
}

std::optional<WebSocketFrame> ReadFrame(Connection& connection, std::chrono::milliseconds bound) {
  WebSocketFrame frame;
  const auto take = [&](size_t n) {
    std::string bytes = connection.Take(n, bound);
    frame.raw += bytes;
    return bytes;
  };
  const std::string head = take(2);
  if (head.size() < 2) return std::nullopt;
  frame.last = (head[0] & 0x80) != 0;
  frame.opcode = static_cast<Opcode>(head[0] & 0x0f);
  frame.masked = (head[1] & 0x80) != 0;
  uint64_t size = static_cast<uint64_t>(head[1] & 0x7f);
  if (size >= 126) size = BigEndian(take(size == 126 ? 2 : 8));
  const std::string mask = take(frame.masked ? 4 : 0);
  frame.payload = take(size);
  if (frame.payload.size() < size) return std::nullopt;
  if (frame.masked) ApplyMask(frame.payload, mask);
  return frame;
}

std::string ClosePayload(uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  payload += reason;
  return payload;
}

uint16_t CloseCode(const WebSocketFrame& frame) {
  return static_cast<uint16_t>(BigEndian(std::string_view(frame.payload).substr(0, 2)));
}

std::string AcceptFor(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 32> base64{};
  const int size = EVP_EncodeBlock(base64.data(), digest.data(), digest.size());
  return {reinterpret_cast<char*>(base64.data()), static_cast<size_t>(size)};
}

}  // namespace llmgw::test

#include "common/text/clean_text.h"

#include <cstdint>
#include <cstring>

namespace llmgw::text {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool InRange(std::string_view text, size_t at, unsigned char low, unsigned char high) {
  if (at >= text.size()) return false;
  const auto byte = static_cast<unsigned char>(text[at]);
  return byte >= low && byte <= high;
}

// Length of the valid character at the start of `text`, by the table in RFC 3629 section 4; 0 when
// there is none or it is NUL. REQUIRES: text is not empty.
size_t CharacterLength(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return InRange(text, 1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned char low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned char high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
    return InRange(text, 1, low, high) && InRange(text, 2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned char low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xF4 ? 0x8F : 0xBF;  // up to U+10FFFF
    return InRange(text, 1, low, high) && InRange(text, 2, 0x80, 0xBF) &&
                   InRange(text, 3, 0x80, 0xBF)
               ? 4
               : 0;
  }
  return 0;
}

// Eight characters of ASCII, none of them NUL: nearly all text is.
bool BeginsWithAsciiWord(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  constexpr uint64_t kLowBits = 0x0101010101010101;
  if (text.size() < sizeof(uint64_t)) return false;
  uint64_t word = 0;
  std::memcpy(&word, text.data(), sizeof(word));
  // Without high bits, subtracting one sets a high bit only where a byte is zero.
  return (word & kHighBits) == 0 && ((word - kLowBits) & kHighBits) == 0;
}

}  // namespace

bool IsCleanText(std::string_view text) {
  while (!text.empty()) {
    if (BeginsWithAsciiWord(text)) {
      text.remove_prefix(sizeof(uint64_t));
      continue;
    }
    const size_t length = CharacterLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string CleanText(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes && IsCleanText(text)) return std::string(text);
  std::string out;
  while (!text.empty()) {
    const size_t length = CharacterLength(text);
    const std::string_view next = length == 0 ? kReplacement : text.substr(0, length);
    if (out.size() + next.size() > max_bytes) break;
    out += next;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace llmgw::text

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// Character classes of RFC 9110 5.6 as tables: one load per byte, no branches on ranges, no locale.
namespace llmgw::net::http1 {

enum CharClass : uint8_t {
  kTokenChar = 1,   // tchar: field names, methods, options
  kTargetChar = 2,  // what may stand in a request target: printable ASCII without '#'
  kHostChar = 4,    // registered names and IPv4 addresses; sub-delims are legal in the RFC, but no
                    // host has them and every list parser splits there
  kExtensionChar = 8,  // inside a quoted chunk extension value: no control characters
};

namespace internal {

constexpr std::array<uint8_t, 256> MakeCharClasses() {
  std::array<uint8_t, 256> table{};
  for (int c = 0; c < 256; ++c) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    uint8_t bits = 0;
    if (alnum || (c < 128 && c > 0 &&
                  std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) !=
                      std::string_view::npos)) {
      bits |= kTokenChar;
    }
    if (c > 0x20 && c < 0x7f && c != '#') bits |= kTargetChar;
    if (alnum || c == '-' || c == '.' || c == '_' || c == '~') bits |= kHostChar;
    if ((c >= 0x20 && c != 0x7f) || c == '\t') bits |= kExtensionChar;
    table[static_cast<size_t>(c)] = bits;
  }
  return table;
}

inline constexpr std::array<uint8_t, 256> kCharClasses = MakeCharClasses();

}  // namespace internal

inline bool Is(CharClass wanted, char c) {
  return (internal::kCharClasses[static_cast<uint8_t>(c)] & wanted) != 0;
}

// Length of the longest prefix whose characters are all of one class.
inline size_t SpanOf(CharClass wanted, std::string_view text) {
  size_t n = 0;
  while (n < text.size() && Is(wanted, text[n])) ++n;
  return n;
}

inline bool IsAll(CharClass wanted, std::string_view text) {
  return SpanOf(wanted, text) == text.size();
}

}  // namespace llmgw::net::http1

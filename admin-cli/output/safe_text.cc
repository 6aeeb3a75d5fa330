#include "admin-cli/output/safe_text.h"

namespace llmgw::admin_cli {

std::string SafeText(std::string_view text, Lines lines) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  auto escape = [&out](unsigned char byte) {
    out += "\\x";
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are C2 80 to C2 9F in UTF-8; some terminals take them as escape sequences.
    const bool c1 = byte == 0xC2 && i + 1 < text.size() &&
                    static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                    static_cast<unsigned char>(text[i + 1]) <= 0x9F;
    if (c1) {
      escape(byte);
      escape(static_cast<unsigned char>(text[++i]));
      continue;
    }
    const bool control = byte < 0x20 || byte == 0x7F;
    const bool kept = byte == '\t' || (byte == '\n' && lines == Lines::kKeep);
    if (control && !kept) {
      escape(byte);
    } else {
      out += static_cast<char>(byte);
    }
  }
  return out;
}

}  // namespace llmgw::admin_cli

#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace llmgw::record {

// Writes fields of a protobuf message in its wire format
// (https://protobuf.dev/programming-guides/encoding/) into memory that the caller has found to be
// large enough. Fields with their default value are left out, as proto3 does for those without
// presence.
class WireWriter {
 public:
  // What a field takes at most besides the bytes of a text: a tag of up to five bytes and a length
  // or number of up to ten.
  static constexpr size_t kMostFieldBytes = 15;

  explicit WireWriter(char* out) : out_(out) {}

  void Number(int field, int64_t value) {
    if (value != 0) PresentNumber(field, value);
  }
  // With presence: zero is written too. Negative numbers take ten bytes, as in int32 and int64.
  void PresentNumber(int field, int64_t value) {
    Varint(static_cast<uint64_t>(field) << 3);
    Varint(static_cast<uint64_t>(value));
  }
  void Flag(int field, bool value) { Number(field, value ? 1 : 0); }
  void Bytes(int field, std::string_view value) {
    if (!value.empty()) PresentBytes(field, value);
  }
  // Also a message inside another one.
  void PresentBytes(int field, std::string_view value) {
    Varint(static_cast<uint64_t>(field) << 3 | kLengthDelimited);
    Varint(value.size());
    if (!value.empty()) std::memcpy(out_, value.data(), value.size());
    out_ += value.size();
  }

  // Behind what was written.
  char* end() const { return out_; }

 private:
  static constexpr uint64_t kLengthDelimited = 2;

  void Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) *out_++ = static_cast<char>(value | 0x80);
    *out_++ = static_cast<char>(value);
  }

  char* out_;
};

}  // namespace llmgw::record

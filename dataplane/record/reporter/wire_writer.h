#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace llmgw::record {

// Appends fields of a protobuf message in its wire format
// (https://protobuf.dev/programming-guides/encoding/). Fields with their default value are left
// out, as proto3 does for those without presence.
class WireWriter {
 public:
  explicit WireWriter(std::string& out) : out_(out) {}

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
    out_.append(value);
  }

 private:
  static constexpr uint64_t kLengthDelimited = 2;

  void Varint(uint64_t value) {
    char bytes[10];
    size_t size = 0;
    for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
    bytes[size++] = static_cast<char>(value);
    out_.append(bytes, size);
  }

  std::string& out_;
};

}  // namespace llmgw::record

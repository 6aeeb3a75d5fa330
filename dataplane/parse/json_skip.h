#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The byte-level part of PeekJson: passing over what is not looked at, at memory speed. Internal to
// this folder.
namespace llmgw::parse {

// The closing quote of a JSON string, searching from `p`, the byte after the opening quote; null
// when it is not before `end`.
const char* FindStringEnd(const char* p, const char* end);

enum class SkipResult { kDone, kEndOfInput, kBroken, kTooDeep };

// Passes over an array or object whose opening bracket is at `p`, which is left behind the closing
// one. Brackets must pair up and nothing that cannot stand in JSON may stand outside strings
// (comments or single quotes would hide structure from one reader and not from another).
SkipResult SkipNested(const char*& p, const char* end);

inline constexpr size_t kMaxDepth = 1024;

// Resolves the escapes of `raw`, the inside of a JSON string, into `out`. False for a broken escape
// or an unpaired surrogate.
bool DecodeJsonString(std::string_view raw, std::string& out);

// True for valid UTF-8 without C0 control characters and DEL: fit for a log line, a metric label
// and a protobuf string.
bool IsCleanUtf8(std::string_view text);

}  // namespace llmgw::parse

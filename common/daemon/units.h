#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace llmgw::daemon {

// "250ms", "10s", "5m", "1h"; a plain number is refused, because its unit would be a guess.
// kInvalidArgument without a field.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);
// The shortest form that ParseDuration reads back: "1500ms", "10s".
std::string FormatDuration(std::chrono::milliseconds duration);

// "65536", "64KiB", "512MiB", "2GiB". kInvalidArgument without a field.
Result<uint64_t> ParseBytes(std::string_view text);
std::string FormatBytes(uint64_t bytes);

}  // namespace llmgw::daemon

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace llmgw::text {

// Text from outside (a user agent, a path, an upstream's error) made fit for protobuf strings, JSON
// and databases: every byte that is not part of valid UTF-8 (RFC 3629), and every NUL, becomes
// U+FFFD; what is longer than `max_bytes` is cut between two characters.
std::string CleanText(std::string_view text, size_t max_bytes = std::string_view::npos);

bool IsCleanText(std::string_view text);

}  // namespace llmgw::text

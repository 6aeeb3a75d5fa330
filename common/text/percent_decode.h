#pragma once

#include <string>
#include <string_view>

namespace llmgw::text {

// A segment of a path as it is meant (RFC 3986 2.1). A broken escape stays as it is.
std::string PercentDecoded(std::string_view text);

}  // namespace llmgw::text

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace llmgw::forward {

// `text` as a JSON string, with its quotes; what is not UTF-8 in it is replaced.
std::string QuotedJson(std::string_view text);

// The text of a JSON string that is given with its quotes; nothing when it is not one.
std::optional<std::string> UnquotedJson(std::string_view quoted);

}  // namespace llmgw::forward

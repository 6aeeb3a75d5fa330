#pragma once

#include <string_view>

namespace llmgw::admin_cli::migrate {

// Why a setting of openai-forward, by its name in either format, is not carried over; empty for
// a name that is not known.
std::string_view WhyNotCarried(std::string_view name);

// A value that switches nothing on: empty, "false", "inf", …
bool IsOff(std::string_view value);

}  // namespace llmgw::admin_cli::migrate

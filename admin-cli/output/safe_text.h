#pragma once

#include <string>
#include <string_view>

namespace llmgw::admin_cli {

enum class Lines { kKeep, kEscape };

// `text` without anything that a terminal would obey: control characters (and C1 controls in UTF-8)
// become "\x1b"-like escapes. What clients and upstreams send ends up in logs, and must not be able
// to rewrite the operator's screen. Tabs and, with kKeep, line feeds stay.
std::string SafeText(std::string_view text, Lines lines = Lines::kEscape);

}  // namespace llmgw::admin_cli

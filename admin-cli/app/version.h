#pragma once

namespace llmgw::admin_cli {

inline constexpr char kVersion[] = LLMGW_VERSION;

}  // namespace llmgw::admin_cli

#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::level {

// llmctl level add|list|show|set|remove
void Build(CLI::App& root, CommandContext context);

}  // namespace llmgw::admin_cli::level

#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::upstream {

// llmctl upstream add|list|show|set|remove
void Build(CLI::App& root, CommandContext context);

}  // namespace llmgw::admin_cli::upstream

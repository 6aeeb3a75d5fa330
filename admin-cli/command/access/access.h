#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::access {

// llmctl allow add|list|remove and llmctl deny add|list|remove
void Build(CLI::App& root, CommandContext context);

}  // namespace llmgw::admin_cli::access

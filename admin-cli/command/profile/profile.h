#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::profile {

// llmctl profile add|list|use|remove
void Build(CLI::App& root, CommandContext context);

}  // namespace llmgw::admin_cli::profile

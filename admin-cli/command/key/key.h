#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::key {

// llmctl key create|list|show|set|revoke|remove
void Build(CLI::App& root, CommandContext context);

}  // namespace llmgw::admin_cli::key

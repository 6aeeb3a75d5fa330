#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::logs {

// llmctl logs list|tail|show
void Build(CLI::App& root, CommandContext context);

}  // namespace llmgw::admin_cli::logs

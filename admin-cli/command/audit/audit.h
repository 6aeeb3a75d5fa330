#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::audit {

// llmctl audit list|show
void Build(CLI::App& root, CommandContext context);

}  // namespace llmgw::admin_cli::audit

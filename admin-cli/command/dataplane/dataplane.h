#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::dataplane {

// llmctl dataplane list|show
void Build(CLI::App& root, CommandContext context);

}  // namespace llmgw::admin_cli::dataplane

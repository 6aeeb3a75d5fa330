#pragma once

#include <cstdint>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::audit {

struct ShowOptions {
  uint64_t revision = 0;
};

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory);

// llmctl audit show REVISION
void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run = RunShow);

}  // namespace llmgw::admin_cli::audit

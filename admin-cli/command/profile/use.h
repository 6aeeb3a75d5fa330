#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::profile {

struct UseOptions {
  std::string name;
};

Result<ExitCode> RunUse(const UseOptions& options, Factory& factory);

// llmctl profile use NAME
void BuildUse(CLI::App& noun, CommandContext context, Runner<UseOptions> run = RunUse);

}  // namespace llmgw::admin_cli::profile

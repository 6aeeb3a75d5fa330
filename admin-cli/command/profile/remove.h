#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::profile {

struct RemoveOptions {
  std::string name;
};

Result<ExitCode> RunRemove(const RemoveOptions& options, Factory& factory);

// llmctl profile remove NAME
void BuildRemove(CLI::App& noun, CommandContext context, Runner<RemoveOptions> run = RunRemove);

}  // namespace llmgw::admin_cli::profile

#pragma once

#include <string>

#include "admin-cli/app/command.h"
#include "admin-cli/command/change/rollout.h"

namespace llmgw::admin_cli::level {

struct RemoveOptions {
  std::string name;
  bool yes = false;
  WaitOptions wait;
};

Result<ExitCode> RunRemove(const RemoveOptions& options, Factory& factory);

// llmctl level remove NAME
void BuildRemove(CLI::App& noun, CommandContext context, Runner<RemoveOptions> run = RunRemove);

}  // namespace llmgw::admin_cli::level

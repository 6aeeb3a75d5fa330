#pragma once

#include <string>

#include "admin-cli/app/command.h"
#include "admin-cli/command/change/rollout.h"

namespace llmgw::admin_cli::key {

struct RemoveOptions {
  std::string name;  // or id
  bool yes = false;
  WaitOptions wait;
};

Result<ExitCode> RunRemove(const RemoveOptions& options, Factory& factory);

// llmctl key remove NAME|ID
void BuildRemove(CLI::App& noun, CommandContext context, Runner<RemoveOptions> run = RunRemove);

}  // namespace llmgw::admin_cli::key

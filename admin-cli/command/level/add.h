#pragma once

#include "admin-cli/app/command.h"
#include "admin-cli/command/change/rollout.h"
#include "admin-cli/command/level/level_flags.h"

namespace llmgw::admin_cli::level {

struct AddOptions {
  LevelFlags flags;
  WaitOptions wait;
};

Result<ExitCode> RunAdd(const AddOptions& options, Factory& factory);

// llmctl level add NAME …
void BuildAdd(CLI::App& noun, CommandContext context, Runner<AddOptions> run = RunAdd);

}  // namespace llmgw::admin_cli::level

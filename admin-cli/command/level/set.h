#pragma once

#include "admin-cli/app/command.h"
#include "admin-cli/command/change/rollout.h"
#include "admin-cli/command/level/level_flags.h"

namespace llmgw::admin_cli::level {

struct SetOptions {
  LevelFlags flags;
  WaitOptions wait;
};

Result<ExitCode> RunSet(const SetOptions& options, Factory& factory);

// llmctl level set NAME …: changes what is named and keeps the rest.
void BuildSet(CLI::App& noun, CommandContext context, Runner<SetOptions> run = RunSet);

}  // namespace llmgw::admin_cli::level

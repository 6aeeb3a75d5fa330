#pragma once

#include <string>

#include "admin-cli/app/command.h"
#include "admin-cli/command/change/rollout.h"
#include "admin-cli/command/key/key_flags.h"

namespace llmgw::admin_cli::key {

struct SetOptions {
  KeyFlags flags;
  WaitOptions wait;
};

Result<ExitCode> RunSet(const SetOptions& options, Factory& factory);

// llmctl key set NAME|ID …: changes what is named and keeps the rest.
void BuildSet(CLI::App& noun, CommandContext context, Runner<SetOptions> run = RunSet);

}  // namespace llmgw::admin_cli::key

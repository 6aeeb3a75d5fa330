#pragma once

#include "admin-cli/app/command.h"
#include "admin-cli/command/change/rollout.h"
#include "admin-cli/command/upstream/upstream_flags.h"

namespace llmgw::admin_cli::upstream {

struct AddOptions {
  UpstreamFlags flags;
  WaitOptions wait;
};

Result<ExitCode> RunAdd(const AddOptions& options, Factory& factory);

// llmctl upstream add NAME …
void BuildAdd(CLI::App& noun, CommandContext context, Runner<AddOptions> run = RunAdd);

}  // namespace llmgw::admin_cli::upstream

#pragma once

#include "admin-cli/app/command.h"
#include "admin-cli/command/change/rollout.h"
#include "admin-cli/command/route/route_flags.h"

namespace llmgw::admin_cli::route {

struct AddOptions {
  RouteFlags flags;
  WaitOptions wait;
};

Result<ExitCode> RunAdd(const AddOptions& options, Factory& factory);

// llmctl route add NAME …
void BuildAdd(CLI::App& noun, CommandContext context, Runner<AddOptions> run = RunAdd);

}  // namespace llmgw::admin_cli::route

#pragma once

#include <string>

#include "admin-cli/app/command.h"
#include "admin-cli/command/change/rollout.h"

namespace llmgw::admin_cli::key {

struct RevokeOptions {
  std::string name;  // or id
  WaitOptions wait;
};

Result<ExitCode> RunRevoke(const RevokeOptions& options, Factory& factory);

// llmctl key revoke NAME|ID
void BuildRevoke(CLI::App& noun, CommandContext context, Runner<RevokeOptions> run = RunRevoke);

}  // namespace llmgw::admin_cli::key

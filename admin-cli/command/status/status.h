#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::status {

struct StatusOptions {};

// One screen: is all well, and if not, what to look at. kDegraded when something needs attention.
Result<ExitCode> RunStatus(const StatusOptions& options, Factory& factory);

// llmctl status
void Build(CLI::App& root, CommandContext context, Runner<StatusOptions> run = RunStatus);

}  // namespace llmgw::admin_cli::status

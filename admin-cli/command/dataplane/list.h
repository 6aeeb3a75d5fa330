#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::dataplane {

struct ListOptions {};

Result<ExitCode> RunList(const ListOptions& options, Factory& factory);

// llmctl dataplane list
void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run = RunList);

}  // namespace llmgw::admin_cli::dataplane

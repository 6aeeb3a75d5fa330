#pragma once

#include <cstdint>

#include "admin-cli/app/command.h"
#include "admin-cli/command/logs/filter_flags.h"

namespace llmgw::admin_cli::logs {

struct ListOptions {
  FilterFlags filter;
  uint64_t limit = 50;
};

Result<ExitCode> RunList(const ListOptions& options, Factory& factory);

// llmctl logs list
void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run = RunList);

}  // namespace llmgw::admin_cli::logs

#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::level {

struct ListOptions {
  std::string name_contains;
};

Result<ExitCode> RunList(const ListOptions& options, Factory& factory);

// llmctl level list
void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run = RunList);

}  // namespace llmgw::admin_cli::level

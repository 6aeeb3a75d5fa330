#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::upstream {

struct ListOptions {
  std::string name_contains;
  std::string kind;
};

Result<ExitCode> RunList(const ListOptions& options, Factory& factory);

// llmctl upstream list
void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run = RunList);

}  // namespace llmgw::admin_cli::upstream

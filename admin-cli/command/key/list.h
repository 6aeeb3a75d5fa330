#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::key {

struct ListOptions {
  std::string name_contains;
  std::string token_prefix;
};

Result<ExitCode> RunList(const ListOptions& options, Factory& factory);

// llmctl key list
void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run = RunList);

}  // namespace llmgw::admin_cli::key

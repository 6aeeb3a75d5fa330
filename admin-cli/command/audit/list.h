#pragma once

#include <cstdint>
#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::audit {

struct ListOptions {
  std::string kind;
  std::string name;
  uint64_t limit = 50;
};

Result<ExitCode> RunList(const ListOptions& options, Factory& factory);

// llmctl audit list
void BuildList(CLI::App& noun, CommandContext context, Runner<ListOptions> run = RunList);

}  // namespace llmgw::admin_cli::audit

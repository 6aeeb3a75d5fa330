#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::level {

struct ShowOptions {
  std::string name;
};

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory);

// llmctl level show NAME
void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run = RunShow);

}  // namespace llmgw::admin_cli::level

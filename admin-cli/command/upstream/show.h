#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::upstream {

struct ShowOptions {
  std::string name;
};

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory);

// llmctl upstream show NAME
void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run = RunShow);

}  // namespace llmgw::admin_cli::upstream

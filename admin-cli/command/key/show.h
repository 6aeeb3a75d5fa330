#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::key {

struct ShowOptions {
  std::string name;  // or id
};

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory);

// llmctl key show NAME|ID
void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run = RunShow);

}  // namespace llmgw::admin_cli::key

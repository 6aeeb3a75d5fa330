#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::dataplane {

struct ShowOptions {
  std::string id;
};

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory);

// llmctl dataplane show ID
void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run = RunShow);

}  // namespace llmgw::admin_cli::dataplane

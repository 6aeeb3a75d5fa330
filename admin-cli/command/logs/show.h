#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::logs {

struct ShowOptions {
  std::string request_id;
};

Result<ExitCode> RunShow(const ShowOptions& options, Factory& factory);

// llmctl logs show REQUEST_ID
void BuildShow(CLI::App& noun, CommandContext context, Runner<ShowOptions> run = RunShow);

}  // namespace llmgw::admin_cli::logs

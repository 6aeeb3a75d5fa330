#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::upstream {

struct HealthOptions {
  std::string name;  // empty: of all
};

// kDegraded when something is left alone.
Result<ExitCode> RunHealth(const HealthOptions& options, Factory& factory);

// llmctl upstream health
void BuildHealth(CLI::App& noun, CommandContext context, Runner<HealthOptions> run = RunHealth);

}  // namespace llmgw::admin_cli::upstream

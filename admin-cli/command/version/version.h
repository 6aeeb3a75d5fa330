#pragma once

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::version {

struct VersionOptions {
  bool remote = false;
};

Result<ExitCode> RunVersion(const VersionOptions& options, Factory& factory);

// llmctl version
void Build(CLI::App& root, CommandContext context, Runner<VersionOptions> run = RunVersion);

}  // namespace llmgw::admin_cli::version

#pragma once

#include "admin-cli/app/command.h"
#include "admin-cli/command/change/rollout.h"

namespace llmgw::admin_cli::migrate {

struct ImportOptions {
  enum class Format { kApiRoute, kForward };
  Format format = Format::kApiRoute;
  std::string file;
  std::string new_tokens;  // file for them; empty: tokens that can't be kept are left out
  bool dry_run = false;
  WaitOptions wait;
};

// Reads the file, compares with what is there, prints the plan, and does it. Returns kConflict when
// something of a planned name is there already, but is something else.
Result<ExitCode> RunImportCommand(const ImportOptions& options, Factory& factory);

// llmctl import openai-api-route|openai-forward FILE
void Build(CLI::App& root, CommandContext context,
           const Runner<ImportOptions>& run = RunImportCommand);

}  // namespace llmgw::admin_cli::migrate

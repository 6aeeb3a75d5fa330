#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::profile {

// The controlplane's part of a profile comes from the global flags: --controlplane, --tls, --ca,
// --server-name, --insecure,
// --token-file.
struct AddOptions {
  std::string name;
  std::string gateway;
  std::string gateway_ca;
  std::string key_file;
  bool use = false;
};

Result<ExitCode> RunAdd(const AddOptions& options, Factory& factory);

// llmctl profile add NAME …
void BuildAdd(CLI::App& noun, CommandContext context, Runner<AddOptions> run = RunAdd);

}  // namespace llmgw::admin_cli::profile

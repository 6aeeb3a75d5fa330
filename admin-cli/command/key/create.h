#pragma once

#include <string>

#include "admin-cli/app/command.h"
#include "admin-cli/command/change/rollout.h"
#include "admin-cli/command/key/key_flags.h"

namespace llmgw::admin_cli::key {

struct CreateOptions {
  KeyFlags flags;
  // At most one: an existing token to keep working. None: the controlplane makes a random one.
  bool token_stdin = false;
  std::string token_env;
  std::string
      token_file;  // --token-from-file: --token-file is the admin token's, at any place on the line
  WaitOptions wait;
};

Result<ExitCode> RunCreate(const CreateOptions& options, Factory& factory);

// llmctl key create NAME
void BuildCreate(CLI::App& noun, CommandContext context, Runner<CreateOptions> run = RunCreate);

}  // namespace llmgw::admin_cli::key

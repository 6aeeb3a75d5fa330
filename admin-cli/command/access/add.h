#pragma once

#include <string>
#include <vector>

#include "admin-cli/app/command.h"
#include "admin-cli/command/access/subject.h"
#include "admin-cli/command/change/rollout.h"

namespace llmgw::admin_cli::access {

struct AddOptions {
  Effect effect = Effect::kAllow;
  std::vector<std::string> patterns;
  Subject subject;
  WaitOptions wait;
};

Result<ExitCode> RunAdd(const AddOptions& options, Factory& factory);

// llmctl allow|deny add PATTERN… --upstream NAME | --key NAME
void BuildAdd(CLI::App& noun, Effect effect, CommandContext context,
              Runner<AddOptions> run = RunAdd);

}  // namespace llmgw::admin_cli::access

#pragma once

#include <string>
#include <vector>

#include "admin-cli/app/command.h"
#include "admin-cli/command/access/subject.h"
#include "admin-cli/command/change/rollout.h"

namespace llmgw::admin_cli::access {

struct RemoveOptions {
  Effect effect = Effect::kAllow;
  std::vector<std::string> patterns;
  Subject subject;
  WaitOptions wait;
};

Result<ExitCode> RunRemove(const RemoveOptions& options, Factory& factory);

// llmctl allow|deny remove PATTERN… --upstream NAME | --key NAME
void BuildRemove(CLI::App& noun, Effect effect, CommandContext context,
                 Runner<RemoveOptions> run = RunRemove);

}  // namespace llmgw::admin_cli::access

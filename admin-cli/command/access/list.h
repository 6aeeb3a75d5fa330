#pragma once

#include "admin-cli/app/command.h"
#include "admin-cli/command/access/subject.h"

namespace llmgw::admin_cli::access {

struct ListOptions {
  Effect effect = Effect::kAllow;
  Subject subject;  // empty: every one
};

Result<ExitCode> RunList(const ListOptions& options, Factory& factory);

// llmctl allow|deny list
void BuildList(CLI::App& noun, Effect effect, CommandContext context,
               Runner<ListOptions> run = RunList);

}  // namespace llmgw::admin_cli::access

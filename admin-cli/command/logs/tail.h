#pragma once

#include <cstdint>

#include "admin-cli/app/command.h"
#include "admin-cli/command/logs/filter_flags.h"

namespace llmgw::admin_cli::logs {

struct TailOptions {
  FilterFlags filter;
  uint32_t last = 10;
  bool follow = true;  // -f, as people are used to; there is no other way
};

// Until Ctrl-C. When the controlplane goes away it says so once, tries again with growing pauses,
// and goes on after the last record that it showed. Returns an error when the first connection
// fails, so that a wrong address is not waited for.
Result<ExitCode> RunTail(const TailOptions& options, Factory& factory);

// llmctl logs tail
void BuildTail(CLI::App& noun, CommandContext context, Runner<TailOptions> run = RunTail);

}  // namespace llmgw::admin_cli::logs

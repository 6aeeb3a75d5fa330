#include "admin-cli/command/logs/logs.h"

#include "admin-cli/command/logs/list.h"
#include "admin-cli/command/logs/show.h"
#include "admin-cli/command/logs/tail.h"

namespace llmgw::admin_cli::logs {

void Build(CLI::App& root, CommandContext context) {
  CLI::App* noun = AddNoun(root, "logs", "What became of requests",
                           "llmctl logs tail\n"
                           "llmctl logs list --errors --since 1h\n"
                           "llmctl logs show req_abcdefghijklmnopqrstuvwx");
  BuildList(*noun, context);
  BuildTail(*noun, context);
  BuildShow(*noun, context);
}

}  // namespace llmgw::admin_cli::logs

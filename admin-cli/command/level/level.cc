#include "admin-cli/command/level/level.h"

#include "admin-cli/command/level/add.h"
#include "admin-cli/command/level/list.h"
#include "admin-cli/command/level/remove.h"
#include "admin-cli/command/level/set.h"
#include "admin-cli/command/level/show.h"

namespace llmgw::admin_cli::level {

void Build(CLI::App& root, CommandContext context) {
  CLI::App* noun = AddNoun(root, "level", "Named sets of models, for keys and upstream credentials",
                           "llmctl level list\n"
                           "llmctl level add basic --model gpt-4o-mini\n"
                           "llmctl key set app --level basic");
  BuildAdd(*noun, context);
  BuildList(*noun, context);
  BuildShow(*noun, context);
  BuildSet(*noun, context);
  BuildRemove(*noun, context);
}

}  // namespace llmgw::admin_cli::level

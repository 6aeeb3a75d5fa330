#include "admin-cli/command/audit/audit.h"

#include "admin-cli/command/audit/list.h"
#include "admin-cli/command/audit/show.h"

namespace llmgw::admin_cli::audit {

void Build(CLI::App& root, CommandContext context) {
  CLI::App* noun = AddNoun(root, "audit", "Who changed what, and when",
                           "llmctl audit list --limit 10\nllmctl audit show 12");
  BuildList(*noun, context);
  BuildShow(*noun, context);
}

}  // namespace llmgw::admin_cli::audit

#include "admin-cli/command/dataplane/dataplane.h"

#include "admin-cli/command/dataplane/list.h"
#include "admin-cli/command/dataplane/show.h"

namespace llmgw::admin_cli::dataplane {

void Build(CLI::App& root, CommandContext context) {
  CLI::App* noun = AddNoun(root, "dataplane", "The fleet that serves requests",
                           "llmctl dataplane list\nllmctl dataplane show dp-1");
  BuildList(*noun, context);
  BuildShow(*noun, context);
}

}  // namespace llmgw::admin_cli::dataplane

#include "admin-cli/command/route/route.h"

#include "admin-cli/command/route/add.h"
#include "admin-cli/command/route/list.h"
#include "admin-cli/command/route/remove.h"
#include "admin-cli/command/route/set.h"
#include "admin-cli/command/route/show.h"

namespace llmgw::admin_cli::route {

void Build(CLI::App& root, CommandContext context) {
  CLI::App* noun = AddNoun(root, "route", "Which path goes to which upstreams",
                           "llmctl route list\n"
                           "llmctl route add chat --prefix /v1/chat --upstream openai");
  BuildAdd(*noun, context);
  BuildList(*noun, context);
  BuildShow(*noun, context);
  BuildSet(*noun, context);
  BuildRemove(*noun, context);
}

}  // namespace llmgw::admin_cli::route

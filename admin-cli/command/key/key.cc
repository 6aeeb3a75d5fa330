#include "admin-cli/command/key/key.h"

#include "admin-cli/command/key/create.h"
#include "admin-cli/command/key/list.h"
#include "admin-cli/command/key/remove.h"
#include "admin-cli/command/key/revoke.h"
#include "admin-cli/command/key/set.h"
#include "admin-cli/command/key/show.h"

namespace llmgw::admin_cli::key {

void Build(CLI::App& root, CommandContext context) {
  CLI::App* noun = AddNoun(root, "key", "Keys of the programs that use the gateway",
                           "llmctl key create my-app --allow 'gpt-4o*' --expires 90d\n"
                           "llmctl key list\n"
                           "llmctl key revoke my-app");
  BuildCreate(*noun, context);
  BuildList(*noun, context);
  BuildShow(*noun, context);
  BuildSet(*noun, context);
  BuildRevoke(*noun, context);
  BuildRemove(*noun, context);
}

}  // namespace llmgw::admin_cli::key

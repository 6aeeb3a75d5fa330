#include "admin-cli/command/profile/profile.h"

#include "admin-cli/command/profile/add.h"
#include "admin-cli/command/profile/list.h"
#include "admin-cli/command/profile/remove.h"
#include "admin-cli/command/profile/use.h"

namespace llmgw::admin_cli::profile {

void Build(CLI::App& root, CommandContext context) {
  CLI::App* noun = AddNoun(root, "profile", "Several controlplanes by name",
                           "llmctl profile add prod --controlplane cp.example.com:7400 --ca ca.pem "
                           "--token-file prod.token\n"
                           "llmctl profile use prod\n"
                           "llmctl --profile staging status");
  BuildAdd(*noun, context);
  BuildList(*noun, context);
  BuildUse(*noun, context);
  BuildRemove(*noun, context);
}

}  // namespace llmgw::admin_cli::profile

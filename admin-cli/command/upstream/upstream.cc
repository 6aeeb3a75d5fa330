#include "admin-cli/command/upstream/upstream.h"

#include "admin-cli/command/upstream/add.h"
#include "admin-cli/command/upstream/health.h"
#include "admin-cli/command/upstream/list.h"
#include "admin-cli/command/upstream/remove.h"
#include "admin-cli/command/upstream/set.h"
#include "admin-cli/command/upstream/show.h"

namespace llmgw::admin_cli::upstream {

void Build(CLI::App& root, CommandContext context) {
  CLI::App* noun = AddNoun(root, "upstream", "Model providers behind the gateway",
                           "llmctl upstream add openai --endpoint https://api.openai.com/v1 "
                           "--key-env OPENAI_API_KEY --allow 'gpt-4o*'\n"
                           "llmctl upstream list");
  BuildAdd(*noun, context);
  BuildList(*noun, context);
  BuildShow(*noun, context);
  BuildHealth(*noun, context);
  BuildSet(*noun, context);
  BuildRemove(*noun, context);
}

}  // namespace llmgw::admin_cli::upstream

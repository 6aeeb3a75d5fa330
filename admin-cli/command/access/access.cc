#include "admin-cli/command/access/access.h"

#include "admin-cli/command/access/add.h"
#include "admin-cli/command/access/list.h"
#include "admin-cli/command/access/remove.h"

namespace llmgw::admin_cli::access {
namespace {

void BuildNoun(CLI::App& root, Effect effect, const std::string& description,
               CommandContext context) {
  const std::string name = Name(effect);
  CLI::App* noun = AddNoun(root, name, description,
                           "llmctl " + name + " add 'gpt-4o*' --upstream openai\n" + "llmctl " +
                               name + " list --key my-app");
  BuildAdd(*noun, effect, context);
  BuildList(*noun, effect, context);
  BuildRemove(*noun, effect, context);
}

}  // namespace

void Build(CLI::App& root, CommandContext context) {
  BuildNoun(root, Effect::kAllow, "Models that an upstream or a key may serve", context);
  BuildNoun(
      root, Effect::kDeny,
      "Models that it may not; checked after allow. Bodies whose model can't be read (compressed, "
      "not JSON, very large) are refused too, unless an allow entry names their path",
      context);
}

}  // namespace llmgw::admin_cli::access

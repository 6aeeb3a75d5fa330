#include "admin-cli/import/planned_keys.h"

#include "admin-cli/import/plan_rules.h"

namespace llmgw::admin_cli::migrate {

void PlanKey(config::v1::ClientKey key, SecretString token, ShortTokens short_tokens,
             const std::string& place, int line, ImportPlan& plan) {
  const std::string fault = TokenFault(token);
  if (fault.empty()) {
    plan.keys.push_back({std::move(key), std::move(token), false});
  } else if (short_tokens == ShortTokens::kReplace) {
    plan.not_carried.push_back({place, line,
                                "the token can't be kept: it " + fault + "; the key " + key.name() +
                                    " gets a new one, which its client needs"});
    plan.keys.push_back({std::move(key), SecretString(), true});
  } else {
    plan.not_carried.push_back({place, line,
                                "the token can't be kept: it " + fault +
                                    "; --new-tokens FILE makes the key " + key.name() +
                                    " with a new token"});
  }
}

}  // namespace llmgw::admin_cli::migrate

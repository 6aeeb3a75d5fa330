#pragma once

#include <string>

#include "admin-cli/import/import_plan.h"

namespace llmgw::admin_cli::migrate {

// What becomes of tokens that are too short to be kept (the ancestors had no least length).
enum class ShortTokens {
  kLeaveOut,  // their keys are not carried over
  kReplace,   // their keys get new tokens, made by the controlplane
};

// Adds a key to the plan, or what keeps it from being carried over. `place` names the token in the
// old configuration.
void PlanKey(config::v1::ClientKey key, SecretString token, ShortTokens short_tokens,
             const std::string& place, int line, ImportPlan& plan);

}  // namespace llmgw::admin_cli::migrate

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin-cli/import/plan_steps.h"
#include "common/base/secret_string.h"

namespace llmgw::admin_cli::migrate {

// A token that the controlplane made in place of one that could not be kept.
struct NewToken {
  std::string key;
  SecretString token;
};

struct ImportOutcome {
  uint64_t revision = 0;             // of the last change; 0: nothing was changed
  std::vector<std::string> done;     // "upstream api.openai.com", in order
  std::vector<NewToken> new_tokens;  // also when it failed later
  std::optional<Error> failed;       // what ended it early
};

// Does the steps that create or change something, one after the other. What fails ends it; what was
// done stays, and a second import goes on from there.
ImportOutcome RunImport(AdminClient& client, const ImportPlan& plan,
                        const std::vector<ImportStep>& steps);

}  // namespace llmgw::admin_cli::migrate

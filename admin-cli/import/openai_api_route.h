#pragma once

#include <string>

#include "admin-cli/import/import_plan.h"
#include "admin-cli/import/planned_keys.h"
#include "common/base/result.h"

namespace llmgw::admin_cli::migrate {

// The equivalent of openai-api-route's config.yaml (github.com/heimoshuiyu/openai-api-route):
// its upstreams in their order behind the route "default" at /v1, which tries the next one after
// every failure, and one key for each authorization token, which may use the upstreams that took
// it. kInvalidArgument names the key and line, and never quotes a value.
Result<ImportPlan> PlanOfApiRoute(const std::string& yaml, ShortTokens short_tokens);

}  // namespace llmgw::admin_cli::migrate

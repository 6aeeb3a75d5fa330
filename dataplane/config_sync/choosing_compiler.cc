#include "dataplane/config_sync/choosing_compiler.h"

#include <string_view>

#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::config_sync {
namespace {

using settings::PolicyKind;
using settings::StickyOn;

PolicyKind PolicyOf(std::string_view policy) {
  if (policy == "random") return PolicyKind::kRandom;
  if (policy == "weighted") return PolicyKind::kWeighted;
  if (policy == "round-robin") return PolicyKind::kRoundRobin;
  if (policy == "least-pending") return PolicyKind::kLeastPending;
  if (policy == "ewma") return PolicyKind::kEwma;
  if (policy == "sticky") return PolicyKind::kSticky;
  return PolicyKind::kOrder;
}

StickyOn StickyOnOf(std::string_view what) {
  if (what == "user") return StickyOn::kUser;
  if (what == "prompt") return StickyOn::kPrompt;
  return StickyOn::kKey;
}

}  // namespace

void CompileChoosing(const config::v1::Route& route, settings::RouteDefinition& out) {
  out.choosing.policy = PolicyOf(route.policy());
  out.choosing.sticky_on = StickyOnOf(route.sticky_on());
  out.weights = {route.weights().begin(), route.weights().end()};
  settings::RetryBudget& budget = out.choosing.retry_budget;
  if (route.retry_budget().has_percent()) budget.percent = route.retry_budget().percent();
  if (route.retry_budget().has_min_per_second())
    budget.min_per_second = route.retry_budget().min_per_second();
}

}  // namespace llmgw::config_sync

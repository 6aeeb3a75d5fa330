#include "dataplane/app/choosing_view.h"

#include <nlohmann/json.hpp>

namespace llmgw::app {
namespace {

using settings::PolicyKind;
using settings::StickyOn;

const char* ToString(PolicyKind policy) {
  switch (policy) {
    case PolicyKind::kOrder:
      return "order";
    case PolicyKind::kRandom:
      return "random";
    case PolicyKind::kWeighted:
      return "weighted";
    case PolicyKind::kRoundRobin:
      return "round-robin";
    case PolicyKind::kLeastPending:
      return "least-pending";
    case PolicyKind::kEwma:
      return "ewma";
    case PolicyKind::kSticky:
      return "sticky";
  }
  return "";
}

const char* ToString(StickyOn what) {
  switch (what) {
    case StickyOn::kKey:
      return "key";
    case StickyOn::kUser:
      return "user";
    case StickyOn::kPrompt:
      return "prompt";
  }
  return "";
}

}  // namespace

void AddChoosing(const settings::RouteSettings& route, nlohmann::ordered_json& out) {
  const settings::ChoosingSettings& choosing = route.choosing;
  out["policy"] = ToString(choosing.policy);
  if (!choosing.weights.empty()) {
    for (const auto* upstream : route.upstreams)
      out["weights"][upstream->name] = choosing.WeightOf(upstream->index);
  }
  if (choosing.policy == PolicyKind::kSticky) out["sticky_on"] = ToString(choosing.sticky_on);
  out["retry_budget"] = {{"percent", choosing.retry_budget.percent},
                         {"min_per_second", choosing.retry_budget.min_per_second}};
}

}  // namespace llmgw::app

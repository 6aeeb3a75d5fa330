#include <algorithm>
#include <map>

#include "common/config/resource_rules.h"
#include "common/text/near_name.h"

namespace llmgw::config {
namespace {

constexpr uint32_t kMostWeight = 1000;
// A budget that grows with every request is none; so many attempts fit into no route.
constexpr uint32_t kMostPercent = 1000;
constexpr uint32_t kMostPerSecond = 1'000'000;

void CheckWeights(const v1::Route& route, const KnownNames& known, Faults& faults) {
  if (route.weights().empty()) return;
  const std::string& policy = route.policy();
  if (policy != "weighted" && policy != "round-robin" && policy != "sticky") {
    return faults.Add("weights", "are for policy weighted, round-robin or sticky");
  }
  // Sorted, so that the same fault is named every time.
  const std::map<std::string, uint32_t> weights(route.weights().begin(), route.weights().end());
  bool all_zero = true;
  for (const auto& [name, weight] : weights) {
    const std::string field = "weights." + PathName(name, 0);
    const auto& listed = route.upstreams();
    if (!std::binary_search(known.upstreams.begin(), known.upstreams.end(), name)) {
      faults.Add(field,
                 "there is no upstream of that name" + text::DidYouMean(name, known.upstreams));
    } else if (!listed.empty() && std::find(listed.begin(), listed.end(), name) == listed.end()) {
      faults.Add(field, "is not one of the route's upstreams");
    }
    if (weight > kMostWeight) faults.Add(field, "must be at most 1000");
    all_zero = all_zero && weight == 0;
  }
  const size_t candidates = route.upstreams().empty() ? known.upstreams.size()
                                                      : static_cast<size_t>(route.upstreams_size());
  if (all_zero && weights.size() >= candidates) {
    faults.Add("weights", "one of the route's upstreams must have more than 0");
  }
}

}  // namespace

void CheckChoosing(const v1::Route& route, const KnownNames& known, Faults& faults) {
  faults.CheckChoice(
      "policy", route.policy(),
      {"order", "random", "weighted", "round-robin", "least-pending", "ewma", "sticky"});
  CheckWeights(route, known, faults);
  faults.CheckChoice("sticky_on", route.sticky_on(), {"key", "user", "prompt"});
  if (!route.sticky_on().empty() && route.policy() != "sticky") {
    faults.Add("sticky_on", "is for policy sticky");
  }
  if (route.retry_budget().percent() > kMostPercent) {
    faults.Add("retry_budget.percent", "must be at most 1000; 100 or more is not bounded");
  }
  if (route.retry_budget().min_per_second() > kMostPerSecond) {
    faults.Add("retry_budget.min_per_second", "must be at most 1000000");
  }
}

}  // namespace llmgw::config

#include "admin-cli/command/route/choosing_flags.h"

#include <map>

namespace llmgw::admin_cli::route {

void AddChoosingFlags(CLI::App* command, FieldEdits& edits) {
  constexpr const char* kGroup = "Choosing an upstream";
  edits
      .Text(
          command, "--policy", "policy",
          "Which upstream is tried first; the others stand in for it: order (default: as "
          "listed), random, weighted (at random by --weight), round-robin (in turn, by --weight), "
          "least-pending (fewest requests under way), ewma (the quicker to the first byte of two "
          "drawn at random), sticky (the same for the same --sticky-on, for prompt caches)")
      ->group(kGroup);
  edits
      .Map(command, "--weight", "weights",
           "The share of an upstream, 0-1000 (default: 1; 0: it only stands in for others). "
           "Repeatable; replaces them all")
      ->type_name("UPSTREAM=N")
      ->group(kGroup);
  edits
      .Text(command, "--sticky-on", "sticky_on",
            "What policy sticky goes by: key (default), user (the request's user or "
            "safety_identifier) or prompt (the beginning of the body)")
      ->group(kGroup);
  edits
      .Text(command, "--retry-budget", "retry_budget.percent",
            "Further attempts as a share of all requests, over the last 10 s, in per cent "
            "(default: 20; 100: not bounded)")
      ->type_name("PERCENT")
      ->group(kGroup);
  edits
      .Text(command, "--retry-min", "retry_budget.min_per_second",
            "Further attempts a second that each worker of a dataplane may always make "
            "(default: 10)")
      ->type_name("N")
      ->group(kGroup);
}

std::string PolicyText(const config::v1::Route& route) {
  if (route.policy().empty()) return "order (default)";
  std::string text = route.policy();
  if (route.policy() == "sticky")
    text += " on " + (route.sticky_on().empty() ? std::string("key") : route.sticky_on());
  std::string weights;
  const std::map<std::string, uint32_t> sorted(route.weights().begin(), route.weights().end());
  for (const auto& [name, weight] : sorted)
    weights += (weights.empty() ? "" : ", ") + name + " " + std::to_string(weight);
  return weights.empty() ? text : text + " (" + weights + ")";
}

std::string RetryBudgetText(const config::v1::Route& route) {
  const auto& budget = route.retry_budget();
  const uint32_t percent = budget.has_percent() ? budget.percent() : 20;
  if (percent >= 100) return "not bounded";
  const uint32_t least = budget.has_min_per_second() ? budget.min_per_second() : 10;
  std::string text =
      std::to_string(percent) + " % of the requests, at least " + std::to_string(least) + "/s";
  if (!route.has_retry_budget()) text += " (default)";
  return text;
}

}  // namespace llmgw::admin_cli::route

#include <algorithm>
#include <string>
#include <vector>

#include "common/config/resource_rules.h"
#include "common/config/validate.h"

namespace llmgw::config {
namespace {

constexpr int kMostAliases = 1000;

}  // namespace

void CheckModelMap(const v1::Upstream& upstream, Faults& faults) {
  if (upstream.model_map_size() > kMostAliases)
    return faults.Add("model_map", "must have at most 1000 entries");
  // In an order of its own, so that the same faults are told in the same order.
  std::vector<std::string> aliases;
  for (const auto& entry : upstream.model_map()) aliases.push_back(entry.first);
  std::sort(aliases.begin(), aliases.end());
  for (size_t i = 0; i < aliases.size(); ++i) {
    const std::string& alias = aliases[i];
    const std::string& name = upstream.model_map().at(alias);
    const std::string path = "model_map[" + PathName(alias, static_cast<int>(i)) + "]";
    if (auto fault = CheckModelPattern(alias); !fault.empty()) {
      faults.Add(path, "the alias " + std::string(fault));
      continue;
    }
    if (auto fault = CheckModelPattern(name); !fault.empty()) {
      faults.Add(path, fault);
    } else if (name.ends_with('*') && !alias.ends_with('*')) {
      faults.Add(path, "has a '*', and the alias has none that says what to put there");
    }
  }
}

void CheckAnswers(const v1::Route& route, Faults& faults) {
  faults.CheckChoice("commit", route.commit(), {"first-content", "first-byte"});
  faults.CheckChoice("models", route.models(), {"upstream", "local"});
}

}  // namespace llmgw::config

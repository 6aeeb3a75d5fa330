#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace llmgw::model {

// True when `pattern` is `model`, or ends in '*' and the part before it begins `model`.
bool MatchesModel(std::string_view pattern, std::string_view model);

// Allow, then deny: if `allow` has entries the model must match one of them; then it must match
// none of `deny`.
struct AccessList {
  std::vector<std::string> allow;
  std::vector<std::string> deny;

  bool Admits(std::string_view model) const;
  bool empty() const { return allow.empty() && deny.empty(); }
};

}  // namespace llmgw::model

#include "dataplane/model/model_pattern.h"

#include <algorithm>

namespace llmgw::model {
namespace {

bool MatchesAny(const std::vector<std::string>& patterns, std::string_view model) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return MatchesModel(pattern, model); });
}

}  // namespace

bool MatchesModel(std::string_view pattern, std::string_view model) {
  if (!pattern.empty() && pattern.back() == '*') {
    return model.substr(0, pattern.size() - 1) == pattern.substr(0, pattern.size() - 1);
  }
  return pattern == model;
}

bool AccessList::Admits(std::string_view model) const {
  if (!allow.empty() && !MatchesAny(allow, model)) return false;
  return !MatchesAny(deny, model);
}

}  // namespace llmgw::model

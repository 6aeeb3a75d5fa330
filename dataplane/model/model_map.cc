#include "dataplane/model/model_map.h"

#include <algorithm>
#include <utility>

#include "dataplane/model/model_pattern.h"

namespace llmgw::model {

ModelMap::ModelMap(std::vector<Entry> entries) {
  for (Entry& entry : entries) {
    const bool pattern = entry.alias.ends_with('*');
    (pattern ? patterns_ : exact_).push_back(std::move(entry));
  }
  std::sort(exact_.begin(), exact_.end(),
            [](const Entry& a, const Entry& b) { return a.alias < b.alias; });
  std::sort(patterns_.begin(), patterns_.end(), [](const Entry& a, const Entry& b) {
    return std::pair(b.alias.size(), a.alias) < std::pair(a.alias.size(), b.alias);
  });
}

const ModelMap::Entry* ModelMap::Match(std::string_view model) const {
  const auto exact = std::lower_bound(
      exact_.begin(), exact_.end(), model,
      [](const Entry& entry, std::string_view name) { return entry.alias < name; });
  if (exact != exact_.end() && exact->alias == model) return &*exact;
  const auto pattern =
      std::find_if(patterns_.begin(), patterns_.end(),
                   [model](const Entry& entry) { return MatchesModel(entry.alias, model); });
  return pattern == patterns_.end() ? nullptr : &*pattern;
}

bool ModelMap::Has(std::string_view model) const { return Match(model) != nullptr; }

std::optional<std::string> ModelMap::Find(std::string_view model) const {
  const Entry* entry = Match(model);
  if (entry == nullptr) return std::nullopt;
  std::string name = entry->name;
  if (entry->alias.ends_with('*') && name.ends_with('*')) {
    name.pop_back();
    name += model.substr(entry->alias.size() - 1);
  }
  if (name == model) return std::nullopt;
  return name;
}

}  // namespace llmgw::model

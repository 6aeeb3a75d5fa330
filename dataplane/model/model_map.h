#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmgw::model {

// The names that clients use for models, and an upstream's own names for them. Immutable.
class ModelMap {
 public:
  // A trailing '*' of `alias` takes what follows there; one of `name` puts it there.
  struct Entry {
    std::string alias;
    std::string name;
  };

  ModelMap() = default;
  // No alias twice.
  explicit ModelMap(std::vector<Entry> entries);

  bool empty() const { return exact_.empty() && patterns_.empty(); }
  // The upstream's name for `model`, by the longest alias that matches (of two as long the one
  // without '*'). Nothing when none does, or when both are the same name.
  std::optional<std::string> Find(std::string_view model) const;
  // `model` is one of the aliases.
  bool Has(std::string_view model) const;

  // Without '*', by name; with '*', the longest first.
  const std::vector<Entry>& exact() const { return exact_; }
  const std::vector<Entry>& patterns() const { return patterns_; }

 private:
  const Entry* Match(std::string_view model) const;

  std::vector<Entry> exact_;
  std::vector<Entry> patterns_;
};

}  // namespace llmgw::model

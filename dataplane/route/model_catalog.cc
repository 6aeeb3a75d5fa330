#include "dataplane/route/model_catalog.h"

#include <algorithm>

namespace llmgw::route {
namespace {

// An entry that begins with '/' is about requests that name no model.
bool NamesOneModel(const std::string& entry) {
  return !entry.starts_with('/') && !entry.ends_with('*');
}

bool ListNames(const std::vector<std::string>& list, std::string_view model) {
  return std::any_of(list.begin(), list.end(), [model](const std::string& entry) {
    return !entry.starts_with('/') && model::MatchesModel(entry, model);
  });
}

bool KeyNames(const settings::KeySettings& key, std::string_view model) {
  return ListNames(key.models.allow, model) ||
         (key.levels != nullptr && ListNames(key.levels->models.allow, model));
}

}  // namespace

bool MayAsk(const settings::KeySettings* key, const settings::UpstreamSettings& upstream,
            std::string_view model) {
  if (!upstream.models.Admits(model) || !settings::Serves(upstream, key)) return false;
  if (key == nullptr) return true;
  const settings::LevelSet* levels = key->levels;
  const bool in_levels = levels == nullptr || levels->every_model ||
                         (!levels->models.allow.empty() && levels->models.Admits(model));
  if (!in_levels || !key->models.Admits(model)) return false;
  return key->any_upstream ||
         std::find(key->upstreams.begin(), key->upstreams.end(), &upstream) != key->upstreams.end();
}

std::vector<std::string> UsableModels(const model::MatchedRoute& matched,
                                      const model::Caller& caller) {
  std::vector<std::string> names;
  for (const settings::UpstreamSettings* upstream : matched.settings().upstreams) {
    const auto add = [&](const std::string& name) {
      if (NamesOneModel(name) && MayAsk(caller.key(), *upstream, name)) names.push_back(name);
    };
    for (const std::string& name : upstream->models.allow) add(name);
    for (const model::ModelMap::Entry& entry : upstream->model_map.exact()) add(entry.alias);
    if (caller.key() == nullptr) continue;
    for (const std::string& name : caller.key()->models.allow) add(name);
    if (caller.key()->levels == nullptr) continue;
    for (const std::string& name : caller.key()->levels->models.allow) add(name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool IsUsableModel(const model::MatchedRoute& matched, const model::Caller& caller,
                   std::string_view model) {
  const settings::KeySettings* key = caller.key();
  const auto& upstreams = matched.settings().upstreams;
  return std::any_of(upstreams.begin(), upstreams.end(),
                     [&](const settings::UpstreamSettings* upstream) {
                       const bool named = ListNames(upstream->models.allow, model) ||
                                          upstream->model_map.Has(model) ||
                                          (key != nullptr && KeyNames(*key, model));
                       return named && MayAsk(key, *upstream, model);
                     });
}

}  // namespace llmgw::route

#include "dataplane/config_sync/answer_compiler.h"

#include <utility>
#include <vector>

namespace llmgw::config_sync {

model::ModelMap ModelMapOf(const config::v1::Upstream& upstream) {
  std::vector<model::ModelMap::Entry> entries;
  for (const auto& [alias, name] : upstream.model_map()) entries.push_back({alias, name});
  return model::ModelMap(std::move(entries));
}

settings::CommitPoint CommitPointOf(const config::v1::Route& route) {
  return route.commit() == "first-byte" ? settings::CommitPoint::kFirstByte
                                        : settings::CommitPoint::kFirstContent;
}

settings::ModelList ModelListOf(const config::v1::Route& route) {
  return route.models() == "local" ? settings::ModelList::kLocal : settings::ModelList::kUpstream;
}

}  // namespace llmgw::config_sync

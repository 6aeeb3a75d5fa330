#include "dataplane/pipeline/local_models.h"

#include <nlohmann/json.hpp>

#include "common/text/percent_decode.h"
#include "dataplane/route/model_catalog.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::pipeline {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kModels = "/models";

// When it was made and by whom is the upstream's to know.
ordered_json Describe(const std::string& name) {
  return {{"id", name}, {"object", "model"}, {"created", 0}, {"owned_by", "llmgw"}};
}

std::string Print(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

std::optional<std::string> AskedAboutModels(const model::MatchedRoute& matched,
                                            std::string_view method, std::string_view path) {
  const settings::RouteSettings& route = matched.settings();
  if (route.models != settings::ModelList::kLocal || (method != "GET" && method != "HEAD"))
    return std::nullopt;
  if (route.prefix != "/") path.remove_prefix(route.prefix.size());
  if (!path.starts_with(kModels)) return std::nullopt;
  path.remove_prefix(kModels.size());
  if (path.empty() || path == "/") return std::string();
  if (path.front() != '/') return std::nullopt;
  return text::PercentDecoded(path.substr(1));
}

tl::expected<std::string, model::Failure> DescribeModels(const model::MatchedRoute& matched,
                                                         const model::Caller& caller,
                                                         const std::string& asked) {
  if (!asked.empty()) {
    if (!route::IsUsableModel(matched, caller, asked))
      return tl::unexpected(model::ModelNotFound(asked));
    return Print(Describe(asked));
  }
  ordered_json data = ordered_json::array();
  for (const std::string& name : route::UsableModels(matched, caller))
    data.push_back(Describe(name));
  return Print({{"object", "list"}, {"data", std::move(data)}});
}

}  // namespace llmgw::pipeline

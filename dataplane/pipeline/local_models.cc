#include "dataplane/pipeline/local_models.h"

#include <nlohmann/json.hpp>

#include "dataplane/route/model_catalog.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::pipeline {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kModels = "/models";

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// RFC 3986 2.1; a broken escape stays as it is, and names nothing.
std::string Decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? HexValue(text[i + 1]) : -1;
    const int low = high >= 0 ? HexValue(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

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
  return Decoded(path.substr(1));
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

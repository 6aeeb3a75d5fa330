#include "dataplane/forward/json_text.h"

#include <nlohmann/json.hpp>

namespace llmgw::forward {

using nlohmann::json;

std::string QuotedJson(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<std::string> UnquotedJson(std::string_view quoted) {
  const json parsed = json::parse(quoted, nullptr, false);
  if (!parsed.is_string()) return std::nullopt;
  return parsed.get<std::string>();
}

}  // namespace llmgw::forward

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "dataplane/settings/replicate_settings.h"

namespace llmgw::forward {

// A chat completion request (https://platform.openai.com/docs/api-reference/chat/create), as a
// prediction is to be created from it (https://replicate.com/docs/reference/http).
struct PredictionOrder {
  std::string path;  // below the endpoint: "/models/OWNER/NAME/predictions" or "/predictions"
  std::string body;  // JSON
  bool stream = false;
  bool include_usage = false;         // stream_options.include_usage
  std::optional<int64_t> max_tokens;  // what was asked for: tells "length" from "stop"
  // Fields of the request, sorted, that the model has no place for: "tools", "messages.name".
  std::vector<std::string> unsupported;
};

// What is wrong with the request, for an answer of status 400.
struct BadChat {
  std::string message;
  std::string param;
};

// `model` is the upstream's own name for the model. Pure.
tl::expected<PredictionOrder, BadChat> OrderPrediction(std::string_view body,
                                                       std::string_view model,
                                                       const settings::ReplicateSettings& settings);

}  // namespace llmgw::forward

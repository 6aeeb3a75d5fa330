#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataplane/model/request_record.h"
#include "dataplane/settings/runtime_settings.h"

// Predictions as Replicate's API gives them (https://replicate.com/docs/reference/http), and what a
// client of OpenAI's API gets in their place. Pure; everything that comes in is from outside.
namespace llmgw::forward {

enum class PredictionStatus : uint8_t { kRunning, kSucceeded, kFailed, kCanceled };

struct Prediction {
  std::string id;  // letters and digits
  PredictionStatus status = PredictionStatus::kRunning;
  std::string output;  // its pieces joined
  std::string error;   // for people; cleaned and cut
  std::string stream_url;
  model::TokenUsage usage;  // from the metrics, where the model counts tokens
};

// Nothing when `body` is no prediction. One with a status that is not known runs.
std::optional<Prediction> ParsePrediction(std::string_view body);

// What an answer with an error status says ("detail", else "title"); cleaned and cut.
std::string ApiErrorText(std::string_view body);

// What stays the same in all that is answered for one prediction.
struct CompletionFacts {
  std::string id;     // "chatcmpl-…"
  std::string model;  // as the client named it
  int64_t created = 0;
};

std::string FinishReason(const model::TokenUsage& usage, std::optional<int64_t> max_tokens);
std::string CompletionJson(const CompletionFacts& facts, const Prediction& prediction,
                           std::string_view finish_reason);
// An error object as OpenAI's API has it.
std::string ErrorJson(int status, std::string_view message, std::string_view param,
                      std::string_view code);
std::string ModelsJson(const std::vector<std::string>& names);
std::string ModelJson(const std::string& name);

// Where a prediction's output may be streamed from.
struct StreamPlace {
  settings::Endpoint endpoint;
  std::string target;
  // It is the upstream's own origin: its connections, its TLS name and the token belong there.
  bool own_origin = false;
};

// `url` comes from the upstream's answer, and must not make the gateway connect to what somebody
// else picked (SSRF). Followed are: the upstream's own scheme, host and port; and for
// "https://api.replicate.com" other hosts of replicate.com over https on port 443 (documented are
// stream.replicate.com and streaming.api.replicate.com), which get no token: the URL itself is the
// secret there. Nothing for any other.
std::optional<StreamPlace> PlaceOfStream(std::string_view url, const settings::Endpoint& endpoint);

}  // namespace llmgw::forward

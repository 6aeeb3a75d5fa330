#include "dataplane/forward/adapter/replicate_prediction.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "common/text/clean_text.h"

namespace llmgw::forward {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kLongestId = 128;
constexpr size_t kLongestError = 500;
constexpr size_t kLongestUrl = 2048;
constexpr int kMostDepth = 64;

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= kLongestId &&
         std::all_of(id.begin(), id.end(), IsAlphanumeric);
}

json ParseShallow(std::string_view body) {
  bool too_deep = false;
  const auto watch = [&too_deep](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > kMostDepth;
    return !too_deep;
  };
  json parsed = json::parse(body, watch, /*allow_exceptions=*/false);
  return too_deep ? json(json::value_t::discarded) : parsed;
}

std::string Dump(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// Text as it is, anything else as JSON.
std::string TextOf(const json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string OutputOf(const json& output) {
  if (!output.is_array()) return TextOf(output);
  std::string joined;
  for (const json& piece : output) joined += TextOf(piece);
  return joined;
}

PredictionStatus StatusOf(std::string_view status) {
  if (status == "succeeded") return PredictionStatus::kSucceeded;
  if (status == "failed") return PredictionStatus::kFailed;
  // "aborted": ended before it began (a deadline, or no room).
  if (status == "canceled" || status == "aborted") return PredictionStatus::kCanceled;
  // "starting", "processing", and what may come yet: it is asked about again, and cancelled if
  // nobody waits any more.
  return PredictionStatus::kRunning;
}

std::optional<int64_t> CountOf(const json& metrics, const char* name) {
  const auto found = metrics.find(name);
  if (found == metrics.end() || !found->is_number()) return std::nullopt;
  const double count = found->get<double>();
  if (!(count >= 0 && count < 1e15)) return std::nullopt;
  return static_cast<int64_t>(count);
}

ordered_json UsageJson(const model::TokenUsage& usage) {
  const int64_t input = usage.input.value_or(0);
  const int64_t output = usage.output.value_or(0);
  return {
      {"prompt_tokens", input}, {"completion_tokens", output}, {"total_tokens", input + output}};
}

const char* ErrorType(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 429:
      return "rate_limit_error";
    default:
      return status < 500 ? "invalid_request_error" : "upstream_error";
  }
}

ordered_json ModelObject(const std::string& name) {
  return {{"id", name},
          {"object", "model"},
          {"created", 0},
          {"owned_by", name.substr(0, name.find('/'))}};
}

bool IsTarget(std::string_view target) {
  return target.starts_with('/') && !target.starts_with("//") &&
         std::all_of(target.begin(), target.end(),
                     [](char c) { return c > ' ' && c < 0x7f && c != '#' && c != '\\'; });
}

bool IsReplicateHost(std::string_view host) {
  constexpr std::string_view kDomain = ".replicate.com";
  return host.size() > kDomain.size() && host.size() <= 253 && host.ends_with(kDomain) &&
         !host.starts_with('.') && host.find("..") == std::string_view::npos &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

}  // namespace

std::optional<Prediction> ParsePrediction(std::string_view body) {
  const json document = ParseShallow(body);
  if (!document.is_object()) return std::nullopt;
  const auto text = [&document](const char* name) {
    const auto found = document.find(name);
    return found != document.end() && found->is_string() ? found->get<std::string>()
                                                         : std::string();
  };
  Prediction prediction;
  prediction.id = text("id");
  const std::string status = text("status");
  if (!IsId(prediction.id) || status.empty()) return std::nullopt;
  prediction.status = StatusOf(status);
  if (const auto output = document.find("output"); output != document.end())
    prediction.output = OutputOf(*output);
  if (const auto error = document.find("error"); error != document.end())
    prediction.error = text::CleanText(TextOf(*error), kLongestError);
  if (const auto urls = document.find("urls"); urls != document.end() && urls->is_object()) {
    if (const auto stream = urls->find("stream"); stream != urls->end() && stream->is_string())
      prediction.stream_url = stream->get<std::string>();
  }
  if (const auto metrics = document.find("metrics");
      metrics != document.end() && metrics->is_object()) {
    prediction.usage.input = CountOf(*metrics, "input_token_count");
    prediction.usage.output = CountOf(*metrics, "output_token_count");
  }
  return prediction;
}

std::string ApiErrorText(std::string_view body) {
  const json document = ParseShallow(body);
  if (!document.is_object()) return {};
  for (const char* name : {"detail", "title", "error"}) {
    const auto found = document.find(name);
    if (found != document.end() && !found->is_null() && *found != "")
      return text::CleanText(TextOf(*found), kLongestError);
  }
  return {};
}

std::string FinishReason(const model::TokenUsage& usage, std::optional<int64_t> max_tokens) {
  return max_tokens && usage.output && *usage.output >= *max_tokens ? "length" : "stop";
}

std::string CompletionJson(const CompletionFacts& facts, const Prediction& prediction,
                           std::string_view finish_reason) {
  ordered_json completion{
      {"id", facts.id},
      {"object", "chat.completion"},
      {"created", facts.created},
      {"model", facts.model},
      {"choices",
       ordered_json::array(
           {{{"index", 0},
             {"message",
              {{"role", "assistant"}, {"content", prediction.output}, {"refusal", nullptr}}},
             {"logprobs", nullptr},
             {"finish_reason", finish_reason}}})}};
  if (prediction.usage.input || prediction.usage.output)
    completion["usage"] = UsageJson(prediction.usage);
  return Dump(completion);
}

std::string ErrorJson(int status, std::string_view message, std::string_view param,
                      std::string_view code) {
  ordered_json error{{"message", message}, {"type", ErrorType(status)}};
  error["param"] = param.empty() ? ordered_json() : ordered_json(param);
  error["code"] = code;
  return Dump({{"error", std::move(error)}});
}

std::string ModelsJson(const std::vector<std::string>& names) {
  ordered_json data = ordered_json::array();
  for (const std::string& name : names) data.push_back(ModelObject(name));
  return Dump({{"object", "list"}, {"data", std::move(data)}});
}

std::string ModelJson(const std::string& name) { return Dump(ModelObject(name)); }

std::optional<StreamPlace> PlaceOfStream(std::string_view url, const settings::Endpoint& endpoint) {
  if (url.size() > kLongestUrl) return std::nullopt;
  const std::string own = (endpoint.tls ? "https://" : "http://") + endpoint.authority;
  if (url.starts_with(own) && IsTarget(url.substr(own.size())))
    return StreamPlace{endpoint, std::string(url.substr(own.size())), true};
  constexpr std::string_view kHttps = "https://";
  if (!endpoint.tls || endpoint.host != "api.replicate.com" || endpoint.port != 443 ||
      !url.starts_with(kHttps))
    return std::nullopt;
  url.remove_prefix(kHttps.size());
  const size_t slash = url.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view host = url.substr(0, slash);
  if (!IsReplicateHost(host) || !IsTarget(url.substr(slash))) return std::nullopt;
  StreamPlace place;
  place.endpoint.tls = true;
  place.endpoint.host = host;
  place.endpoint.port = 443;
  place.endpoint.authority = host;
  place.target = url.substr(slash);
  return place;
}

}  // namespace llmgw::forward

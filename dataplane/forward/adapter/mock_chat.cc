#include "dataplane/forward/adapter/mock_chat.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

namespace llmgw::forward {
namespace {

using nlohmann::json;

// A longer body is not read: a mock is for the gateway's load, not its own.
constexpr uint64_t kMostReadBytes = 256 * 1024;

constexpr std::array<std::string_view, 4> kUsed = {"messages", "model", "stream", "stream_options"};

int64_t UnixSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Bytes from outside may be anything: what is no UTF-8 is replaced.
std::string Dump(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

// Each word with the space before it, so that the pieces join to the text.
std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find(' ', begin + 1), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

json UsageJson(const model::TokenUsage& usage) {
  const int64_t prompt = usage.input.value_or(0);
  const int64_t completion = usage.output.value_or(0);
  return {{"prompt_tokens", prompt},
          {"completion_tokens", completion},
          {"total_tokens", prompt + completion}};
}

// The text of a message's content: a string, or the text parts of an array.
std::string TextOf(const json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (!content.is_array()) return text;
  for (const json& part : content) {
    if (part.is_object() && part.contains("text") && part["text"].is_string())
      text += part["text"].get<std::string>();
  }
  return text;
}

std::string LastUserMessage(const json& request) {
  const auto messages = request.find("messages");
  if (messages == request.end() || !messages->is_array()) return {};
  for (auto message = messages->rbegin(); message != messages->rend(); ++message) {
    if (!message->is_object()) continue;
    const auto role = message->find("role");
    if (role == message->end() || *role != "user") continue;
    const auto content = message->find("content");
    return content == message->end() ? std::string() : TextOf(*content);
  }
  return {};
}

}  // namespace

model::TokenUsage MockUsage(const ForwardRequest& request, std::string_view text) {
  model::TokenUsage usage;
  // A token is four bytes here: near enough for a mock.
  usage.input = static_cast<int64_t>(request.exchange.body().size() / 4);
  int64_t words = 0;
  for (size_t at = 0; at < text.size(); ++words) at = std::min(text.find(' ', at + 1), text.size());
  usage.output = words;
  return usage;
}

MockAsked ReadMockRequest(const ForwardRequest& request) {
  MockAsked asked;
  if (request.exchange.body().size() > kMostReadBytes) return asked;
  const net::http1::BufferedBody::View view(request.exchange.body());
  const json body = json::parse(view.bytes(), nullptr, false);
  if (!body.is_object()) return asked;
  asked.last_user_message = LastUserMessage(body);
  if (const auto options = body.find("stream_options");
      options != body.end() && options->is_object())
    asked.include_usage = options->value("include_usage", json(false)) == json(true);
  for (const auto& [field, value] : body.items()) {
    if (std::find(kUsed.begin(), kUsed.end(), field) == kUsed.end())
      asked.unsupported.push_back(field);
  }
  return asked;
}

std::string MockChat(const ForwardRequest& request, std::string_view text) {
  const json message = {{"role", "assistant"}, {"content", text}, {"refusal", nullptr}};
  const json choice = {
      {"index", 0}, {"message", message}, {"logprobs", nullptr}, {"finish_reason", "stop"}};
  return Dump({{"id", "chatcmpl-" + request.record.request_id},
               {"object", "chat.completion"},
               {"created", UnixSeconds()},
               {"model", request.facts.model},
               {"choices", json::array({choice})},
               {"usage", UsageJson(MockUsage(request, text))}});
}

std::vector<std::string> MockChatEvents(const ForwardRequest& request, std::string_view text,
                                        bool include_usage) {
  const std::vector<std::string> words = Words(text);
  json chunk = {{"id", "chatcmpl-" + request.record.request_id},
                {"object", "chat.completion.chunk"},
                {"created", UnixSeconds()},
                {"model", request.facts.model}};
  const auto event = [&chunk](const json& delta, const json& finish) {
    chunk["choices"] = json::array(
        {{{"index", 0}, {"delta", delta}, {"logprobs", nullptr}, {"finish_reason", finish}}});
    return "data: " + Dump(chunk) + "\n\n";
  };
  std::vector<std::string> events;
  events.reserve(words.size() + 3);
  events.push_back(event({{"role", "assistant"}, {"content", ""}}, nullptr));
  for (const std::string& word : words) events.push_back(event({{"content", word}}, nullptr));
  events.push_back(event(json::object(), "stop"));
  std::string last;
  if (include_usage) {
    chunk["choices"] = json::array();
    chunk["usage"] = UsageJson(MockUsage(request, text));
    last = "data: " + Dump(chunk) + "\n\n";
  }
  events.push_back(last + "data: [DONE]\n\n");
  return events;
}

std::string MockModels() {
  const json model = {{"id", "mock"}, {"object", "model"}, {"created", 0}, {"owned_by", "llmgw"}};
  return Dump({{"object", "list"}, {"data", json::array({model})}});
}

std::string MockError(int status) {
  const bool limited = status == 429;
  const bool clients = status < 500;
  const char* type =
      limited ? "rate_limit_error" : (clients ? "invalid_request_error" : "server_error");
  return Dump({{"error",
                {{"message", limited ? "The mock upstream takes no more requests now."
                                     : "The mock upstream fails as it was told to."},
                 {"type", type},
                 {"param", nullptr},
                 {"code", limited ? json("rate_limit_exceeded") : json()}}}});
}

}  // namespace llmgw::forward

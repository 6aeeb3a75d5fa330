#include "tests/fakes/anthropic_like.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace llmgw::test {
namespace {

using Json = nlohmann::json;

constexpr const char* kText = "Hello from the fake provider.";
constexpr const char* kRequestId = "req_fake";

Reply Error(int status, const std::string& message) {
  static const std::map<int, const char*> kTypes = {
      {400, "invalid_request_error"}, {401, "authentication_error"}, {403, "permission_error"},
      {404, "not_found_error"},       {413, "request_too_large"},    {429, "rate_limit_error"},
      {529, "overloaded_error"}};
  const auto type = kTypes.find(status);
  const Json body = {
      {"type", "error"},
      {"error",
       {{"type", type == kTypes.end() ? "api_error" : type->second}, {"message", message}}},
      {"request_id", kRequestId}};
  return AnswerJson(status, body.dump(), {{"request-id", kRequestId}});
}

Json Usage(int output) {
  return {{"input_tokens", 12},
          {"cache_creation_input_tokens", 0},
          {"cache_read_input_tokens", 5},
          {"output_tokens", output}};
}

Json Message(const std::string& model, Json content, const Json& stop_reason, int output) {
  return {{"id", "msg_fake"},
          {"type", "message"},
          {"role", "assistant"},
          {"model", model},
          {"content", std::move(content)},
          {"stop_reason", stop_reason},
          {"stop_sequence", nullptr},
          {"usage", Usage(output)}};
}

std::string Event(const Json& data) {
  return "event: " + data["type"].get<std::string>() + "\ndata: " + data.dump() + "\n\n";
}

// A block of text, word by word, or of a tool's input in two pieces.
std::vector<std::string> Block(bool tool) {
  std::vector<std::string> events;
  const Json text_block = {{"type", "text"}, {"text", ""}};
  const Json tool_block = {
      {"type", "tool_use"}, {"id", "toolu_fake"}, {"name", "weather"}, {"input", Json::object()}};
  events.push_back(Event({{"type", "content_block_start"},
                          {"index", 0},
                          {"content_block", tool ? tool_block : text_block}}));
  const auto delta = [&events](const Json& piece) {
    events.push_back(Event({{"type", "content_block_delta"}, {"index", 0}, {"delta", piece}}));
  };
  if (tool) {
    delta({{"type", "input_json_delta"}, {"partial_json", "{\"city\": "}});
    delta({{"type", "input_json_delta"}, {"partial_json", "\"Oslo\"}"}});
  } else {
    delta({{"type", "text_delta"}, {"text", "Hello from "}});
    delta({{"type", "text_delta"}, {"text", "the fake provider."}});
  }
  events.push_back(Event({{"type", "content_block_stop"}, {"index", 0}}));
  return events;
}

Reply StreamMessage(const std::string& model, bool tool) {
  std::vector<std::string> events;
  events.push_back(
      Event({{"type", "message_start"}, {"message", Message(model, Json::array(), nullptr, 1)}}));
  events.push_back(Event({{"type", "ping"}}));
  if (model == "error-event") {
    events.push_back(Event(
        {{"type", "error"}, {"error", {{"type", "overloaded_error"}, {"message", "Overloaded"}}}}));
    return AnswerChunks(200, events, {{"Content-Type", "text/event-stream"}});
  }
  for (std::string& event : Block(tool)) events.push_back(std::move(event));
  if (model == "broken") {
    Reply reply = AnswerChunks(200, events, {{"Content-Type", "text/event-stream"}});
    reply.steps.pop_back();  // the last chunk
    return ThenClose(std::move(reply));
  }
  events.push_back(Event(
      {{"type", "message_delta"},
       {"delta", {{"stop_reason", tool ? "tool_use" : "end_turn"}, {"stop_sequence", nullptr}}},
       {"usage", {{"output_tokens", 7}}}}));
  events.push_back(Event({{"type", "message_stop"}}));
  if (model == "endless") {
    Reply reply = AnswerChunks(200, events, {{"Content-Type", "text/event-stream"}});
    reply.steps.resize(reply.steps.size() - 3);
    reply.steps.emplace_back(Reply::Hang{});
    return reply;
  }
  return AnswerChunks(200, events,
                      {{"Content-Type", "text/event-stream"}, {"request-id", kRequestId}});
}

Reply AnswerMessages(const Json& request, const std::string& model) {
  if (!request.contains("max_tokens")) return Error(400, "max_tokens: Field required");
  const bool tool = request.contains("tools");
  if (request.value("stream", false)) return StreamMessage(model, tool);
  Json content = {{{"type", "text"}, {"text", kText}}};
  if (tool) {
    content = Json::array({Json{{"type", "tool_use"},
                                {"id", "toolu_fake"},
                                {"name", "weather"},
                                {"input", {{"city", "Oslo"}}}}});
  }
  return AnswerJson(200, Message(model, content, tool ? "tool_use" : "end_turn", 7).dump(),
                    {{"request-id", kRequestId}});
}

Json ModelJson(const std::string& id) {
  return {{"type", "model"},
          {"id", id},
          {"display_name", "Fake"},
          {"created_at", "2025-09-29T00:00:00Z"}};
}

Reply AnswerModels(const std::string& id) {
  if (!id.empty()) return AnswerJson(200, ModelJson(id).dump());
  const Json models = Json::array({ModelJson("claude-a"), ModelJson("claude-b")});
  return AnswerJson(
      200,
      Json{{"data", models}, {"has_more", false}, {"first_id", "claude-a"}, {"last_id", "claude-b"}}
          .dump());
}

Json Batch() {
  return {{"id", "msgbatch_fake"},
          {"type", "message_batch"},
          {"processing_status", "in_progress"},
          {"results_url", nullptr}};
}

}  // namespace

AnthropicLike::AnthropicLike(std::string api_key) : api_key_(std::move(api_key)) {
  server_.Handle([this](const ReceivedRequest& request) { return Serve(request); });
}

Reply AnthropicLike::Serve(const ReceivedRequest& request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  if (path == "/_fake/state") return State();
  if (request.Header("x-api-key") != api_key_) return Error(401, "invalid x-api-key");
  if (request.Header("anthropic-version").size() != std::string_view("2023-06-01").size())
    return Error(400, "anthropic-version: header is required");
  const std::string rest = path.starts_with("/v1/") ? path.substr(4) : "";
  if (request.method == "GET") {
    if (rest == "models") return AnswerModels({});
    if (rest.starts_with("models/")) return AnswerModels(rest.substr(7));
    if (rest == "messages/batches/msgbatch_fake") return AnswerJson(200, Batch().dump());
    return Error(404, "Not found");
  }
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return Error(400, "The request body is not valid JSON");
  if (rest == "messages/batches") return AnswerJson(200, Batch().dump());
  const std::string model = body.value("model", "");
  if (model.empty()) return Error(400, "model: Field required");
  if (model.starts_with("unknown-")) return Error(404, "model: " + model);
  if (model.starts_with("error-") && model != "error-event")
    return Error(std::atoi(model.c_str() + 6), "made to fail by its model");
  if (rest == "messages") return AnswerMessages(body, model);
  if (rest == "messages/count_tokens") return AnswerJson(200, R"({"input_tokens":14})");
  return Error(404, "Not found");
}

Reply AnthropicLike::State() const {
  Json list = Json::array();
  for (const ReceivedRequest& request : server_.requests()) {
    if (request.target.starts_with("/_fake/")) continue;
    Json headers = Json::object();
    for (const auto& [name, value] : request.headers) headers[name] = value;
    const Json body = Json::parse(request.body, nullptr, false);
    list.push_back({{"method", request.method},
                    {"target", request.target},
                    {"model", body.is_object() ? body.value("model", "") : ""},
                    {"headers", headers}});
  }
  return AnswerJson(200, Json{{"requests", list},
                              {"clients_gone", server_.clients_gone()},
                              {"connections_open", server_.connections_open()}}
                             .dump());
}

}  // namespace llmgw::test

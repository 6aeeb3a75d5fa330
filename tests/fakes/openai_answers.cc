#include "tests/fakes/openai_answers.h"

#include <openssl/evp.h>

#include <array>
#include <sstream>

#include "tests/fakes/multipart.h"

namespace llmgw::test {
namespace {

using Json = nlohmann::json;

constexpr int kCreated = 1'700'000'000;
constexpr const char* kText = "Hello from the fake provider.";

struct ErrorNames {
  const char* type;
  const char* code;
};

ErrorNames NamesFor(int status) {
  switch (status) {
    case 401:
      return {"invalid_request_error", "invalid_api_key"};
    case 403:
      return {"invalid_request_error", "permission_denied"};
    case 404:
      return {"invalid_request_error", "model_not_found"};
    case 429:
      return {"requests", "rate_limit_exceeded"};
    default:
      return status >= 500 ? ErrorNames{"server_error", nullptr}
                           : ErrorNames{"invalid_request_error", nullptr};
  }
}

std::vector<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(words.empty() ? word : " " + word);
  return words;
}

Json Usage(int input, int output) {
  return {
      {"prompt_tokens", input}, {"completion_tokens", output}, {"total_tokens", input + output}};
}

bool IsStream(const Json& request) { return request.value("stream", Json(false)) == Json(true); }

bool WantsUsage(const Json& request) {
  const Json options = request.value("stream_options", Json::object());
  return options.is_object() && options.value("include_usage", Json(false)) == Json(true);
}

// What OpenAI refuses a chat request for; empty when it would not.
std::string ChatFault(const Json& request) {
  const Json messages = request.value("messages", Json());
  if (!messages.is_array() || messages.empty()) return "messages";
  for (const Json& message : messages) {
    if (!message.is_object() || !message.value("role", Json()).is_string()) return "messages";
    if (!message.contains("content") && !message.contains("tool_calls")) return "messages";
  }
  if (request.contains("stream") && !request["stream"].is_boolean()) return "stream";
  if (request.contains("temperature") && !request["temperature"].is_number()) return "temperature";
  if (request.contains("stream_options") && !IsStream(request)) return "stream_options";
  return {};
}

std::string Base64(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return text;
}

// The clients ask for base64 of little-endian floats by default, and decode it.
Json Embedding(const std::string& encoding) {
  static constexpr std::array<float, 4> kVector{0.25F, -0.5F, 0.75F, 1.0F};
  if (encoding != "base64") return Json(kVector);
  return Base64(std::string(reinterpret_cast<const char*>(kVector.data()), sizeof kVector));
}

}  // namespace

Reply OpenAiError(int status, const std::string& message, const std::string& param) {
  const ErrorNames names = NamesFor(status);
  Json error{{"message", message}, {"type", names.type}, {"param", nullptr}, {"code", nullptr}};
  if (!param.empty()) error["param"] = param;
  if (names.code != nullptr) error["code"] = names.code;
  Headers headers{{"x-request-id", "req_fake"}};
  if (status == 429) headers.emplace_back("retry-after-ms", "1");
  return AnswerJson(status, Json{{"error", error}}.dump(), headers);
}

std::vector<std::string> ChatEvents(const std::string& model, const std::string& text,
                                    bool include_usage) {
  const auto event = [&](const Json& delta, const Json& finish) {
    Json chunk{{"id", "chatcmpl-fake"},
               {"object", "chat.completion.chunk"},
               {"created", kCreated},
               {"model", model},
               {"choices", {{{"index", 0}, {"delta", delta}, {"finish_reason", finish}}}}};
    if (include_usage) chunk["usage"] = nullptr;
    return chunk.dump();
  };
  std::vector<std::string> events{event({{"role", "assistant"}, {"content", ""}}, nullptr)};
  const std::vector<std::string> words = Words(text);
  for (const std::string& word : words) events.push_back(event({{"content", word}}, nullptr));
  events.push_back(event(Json::object(), "stop"));
  if (include_usage) {
    events.push_back(Json{{"id", "chatcmpl-fake"},
                          {"object", "chat.completion.chunk"},
                          {"created", kCreated},
                          {"model", model},
                          {"choices", Json::array()},
                          {"usage", Usage(7, static_cast<int>(words.size()))}}
                         .dump());
  }
  events.emplace_back("[DONE]");
  return events;
}

Reply AnswerChat(const Json& request) {
  if (const std::string fault = ChatFault(request); !fault.empty()) {
    return OpenAiError(400, "Invalid value for '" + fault + "'.", fault);
  }
  const std::string model = request["model"];
  if (model == "endless") {
    std::vector<std::string> events = ChatEvents(model, kText, false);
    events.resize(3);
    Reply reply = StreamSse(events);
    reply.steps.back() = Reply::Hang{};
    return reply;
  }
  if (IsStream(request)) return StreamSse(ChatEvents(model, kText, WantsUsage(request)));
  return AnswerJson(
      200, Json{{"id", "chatcmpl-fake"},
                {"object", "chat.completion"},
                {"created", kCreated},
                {"model", model},
                {"choices",
                 {{{"index", 0},
                   {"message", {{"role", "assistant"}, {"content", kText}, {"refusal", nullptr}}},
                   {"logprobs", nullptr},
                   {"finish_reason", "stop"}}}},
                {"usage", Usage(7, static_cast<int>(Words(kText).size()))}}
               .dump());
}

Reply AnswerCompletion(const Json& request) {
  if (!request.contains("prompt")) return OpenAiError(400, "Missing 'prompt'.", "prompt");
  const auto object = [&](const std::string& text, const Json& finish) {
    return Json{{"id", "cmpl-fake"},
                {"object", "text_completion"},
                {"created", kCreated},
                {"model", request["model"]},
                {"choices", {{{"index", 0}, {"text", text}, {"finish_reason", finish}}}}};
  };
  if (IsStream(request)) {
    std::vector<std::string> events;
    for (const std::string& word : Words(kText)) events.push_back(object(word, nullptr).dump());
    events.push_back(object("", "stop").dump());
    events.emplace_back("[DONE]");
    return StreamSse(events);
  }
  Json answer = object(kText, "stop");
  answer["usage"] = Usage(3, 5);
  return AnswerJson(200, answer.dump());
}

Reply AnswerEmbeddings(const Json& request) {
  const Json input = request.value("input", Json());
  if (!input.is_string() && !(input.is_array() && !input.empty())) {
    return OpenAiError(400, "Invalid value for 'input'.", "input");
  }
  const std::string encoding = request.value("encoding_format", "float");
  Json data = Json::array();
  for (size_t i = 0; i < (input.is_string() ? 1 : input.size()); ++i) {
    data.push_back({{"object", "embedding"}, {"index", i}, {"embedding", Embedding(encoding)}});
  }
  return AnswerJson(200, Json{{"object", "list"},
                              {"data", data},
                              {"model", request["model"]},
                              {"usage", {{"prompt_tokens", 4}, {"total_tokens", 4}}}}
                             .dump());
}

Reply AnswerTranscription(const ReceivedRequest& request) {
  const std::vector<FormPart> form = ParseForm(request.Header("content-type"), request.body);
  const FormPart* file = FindPart(form, "file");
  if (file == nullptr || file->filename.empty()) {
    return OpenAiError(400, "Missing 'file' in the form.", "file");
  }
  const FormPart* format = FindPart(form, "response_format");
  const std::string text = "heard " + std::to_string(file->content.size()) + " bytes";
  if (format != nullptr && format->content == "text") return Answer(200, text + "\n");
  return AnswerJson(200, Json{{"text", text}}.dump());
}

Reply AnswerModels(const std::string& id) {
  const auto model = [](const std::string& name) {
    return Json{
        {"id", name}, {"object", "model"}, {"created", kCreated}, {"owned_by", "fake-provider"}};
  };
  if (!id.empty()) return AnswerJson(200, model(id).dump());
  return AnswerJson(
      200, Json{{"object", "list"}, {"data", {model("gpt-4o"), model("gpt-4o-mini")}}}.dump());
}

}  // namespace llmgw::test

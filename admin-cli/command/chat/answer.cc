#include "admin-cli/command/chat/answer.h"

namespace llmgw::admin_cli::chat {
namespace {

std::string TextMember(const Json& object, const char* name) {
  if (!object.is_object()) return "";
  auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

// Enough of a body that is no JSON (a proxy's page, perhaps) to recognise it.
std::string Excerpt(const std::string& body) {
  constexpr size_t kMost = 300;
  return body.size() <= kMost ? body : body.substr(0, kMost) + "…";
}

ErrorKind KindOf(int status) {
  switch (status) {
    case 400:
    case 413:
    case 422:
      return ErrorKind::kInvalidArgument;
    case 401:
    case 403:
      return ErrorKind::kUnauthenticated;
    case 404:
      return ErrorKind::kNotFound;
    case 503:
      return ErrorKind::kUnavailable;
    default:
      return ErrorKind::kInternal;
  }
}

std::string NextStep(int status) {
  switch (status) {
    case 401:
      return "\nGive a client key with --key-env VAR or --key-file FILE; `llmctl key create NAME` "
             "makes one.";
    case 403:
      return "\n`llmctl key show NAME` says what the key may do.";
    case 404:
      return "\n`llmctl upstream list` shows which models are allowed where; --model names "
             "another.";
    default:
      return "";
  }
}

}  // namespace

Answer::Answer(std::function<void(std::string_view)> on_text)
    : on_text_(std::move(on_text)),
      events_([this](std::string_view, std::string_view data) { TakeEvent(data); }) {}

void Answer::TakeHead(const GatewayHead& head) {
  head_ = head;
  streamed_ = head.status == 200 && head.content_type.starts_with("text/event-stream");
}

void Answer::TakeData(std::string_view bytes) {
  if (streamed_) {
    events_.Feed(bytes);
  } else {
    body_ += bytes;
  }
}

void Answer::Finish(bool cut) {
  cut_ = cut;
  if (streamed_ || head_.status == 0) return;
  const Json body = Json::parse(body_, nullptr, /*allow_exceptions=*/false);
  if (body.is_object() && body.contains("error")) error_ = body["error"];
  if (head_.status != 200 || cut) return;
  if (!body.is_object() || !body.contains("choices")) return;
  TakeCompletion(body);
  complete_ = true;
}

void Answer::TakeEvent(std::string_view data) {
  if (data == "[DONE]") {
    complete_ = error_.is_null();
    return;
  }
  const Json event = Json::parse(data, nullptr, /*allow_exceptions=*/false);
  if (!event.is_object()) return;
  if (event.contains("error")) error_ = event["error"];
  TakeCompletion(event);
}

void Answer::TakeCompletion(const Json& completion) {
  if (std::string model = TextMember(completion, "model"); !model.empty()) model_ = model;
  if (completion.contains("usage") && completion["usage"].is_object()) usage_ = completion["usage"];
  auto choices = completion.find("choices");
  if (choices == completion.end() || !choices->is_array() || choices->empty()) return;
  const Json& choice = choices->front();
  if (!choice.is_object()) return;
  if (std::string why = TextMember(choice, "finish_reason"); !why.empty()) finish_reason_ = why;
  for (const char* holder : {"delta", "message"}) {
    if (choice.contains(holder)) TakeText(choice[holder]);
  }
}

void Answer::TakeText(const Json& holder) {
  const std::string text = TextMember(holder, "content");
  if (text.empty()) return;
  content_ += text;
  on_text_(text);
}

std::string Answer::Why() const {
  std::string message = TextMember(error_, "message");
  if (message.empty() && error_.is_string()) message = error_.get<std::string>();
  if (message.empty() && !streamed_) message = Excerpt(body_);
  std::string code = TextMember(error_, "code");
  if (code.empty()) code = head_.reason;
  if (code.empty()) return message;
  return message.empty() ? code : code + ": " + message;
}

Error Answer::Failure() const {
  std::string text;
  if (head_.status != 200) {
    const std::string who = head_.reason.empty() ? "the upstream" : "the gateway";
    text = who + " answered " + std::to_string(head_.status);
  } else {
    text = streamed_ ? "the stream broke before its end" : "the answer is no chat completion";
  }
  const std::string why = Why();
  if (!why.empty()) text += ": " + why;
  std::string fault = TextMember(error_, "fault");
  if (fault.empty()) fault = head_.fault;
  if (!fault.empty()) text += "\nFault: " + fault + ".";
  if (!head_.request_id.empty()) {
    text += (fault.empty() ? "\n" : " ") + std::string("Request: ") + head_.request_id +
            " (llmctl logs show " + head_.request_id + ").";
  }
  if (head_.status != 200) text += NextStep(head_.status);
  return {head_.status == 200 ? ErrorKind::kInternal : KindOf(head_.status), std::move(text), {}};
}

Json Answer::ToDocument() const {
  Json document{{"request_id", head_.request_id},
                {"status", head_.status},
                {"model", model_},
                {"content", content_},
                {"finish_reason", finish_reason_},
                {"complete", complete_}};
  if (!usage_.is_null()) document["usage"] = usage_;
  if (!error_.is_null()) document["error"] = error_;
  return document;
}

}  // namespace llmgw::admin_cli::chat

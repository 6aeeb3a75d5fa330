#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "admin-cli/client/gateway_client.h"
#include "admin-cli/client/sse_reader.h"
#include "admin-cli/output/document.h"

namespace llmgw::admin_cli::chat {

// Understands the answer to a chat completion, streamed or not, while it arrives: text to show, how
// it ended, what the gateway said when it failed.
class Answer {
 public:
  // `on_text` gets the text of the answer piece by piece.
  explicit Answer(std::function<void(std::string_view)> on_text);

  void TakeHead(const GatewayHead& head);
  void TakeData(std::string_view bytes);
  // The body is over. `cut`: the connection broke off before its end.
  void Finish(bool cut);

  const GatewayHead& head() const { return head_; }
  // It came to its proper end: a stream's [DONE], or a whole JSON answer.
  bool complete() const { return complete_; }
  // What went wrong, for people; kind by status. REQUIRES: !complete().
  Error Failure() const;

  // The answer put together: model, content, finish_reason, usage, request_id, complete and, when
  // it failed, error.
  Json ToDocument() const;
  const std::string& model() const { return model_; }
  const std::string& content() const { return content_; }

 private:
  void TakeEvent(std::string_view data);
  void TakeCompletion(const Json& completion);
  void TakeText(const Json& holder);
  std::string Why() const;

  std::function<void(std::string_view)> on_text_;
  SseReader events_;
  GatewayHead head_;
  bool streamed_ = false;
  bool complete_ = false;
  bool cut_ = false;
  std::string body_;  // of an answer that is not a stream
  std::string content_;
  std::string model_;
  std::string finish_reason_;
  Json usage_;
  Json error_;  // the "error" object, when there was one
};

}  // namespace llmgw::admin_cli::chat

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataplane/forward/forward_request.h"
#include "dataplane/settings/runtime_settings.h"

// What mock upstreams say, in the shapes of OpenAI's API reference
// (https://platform.openai.com/docs/api-reference/chat).
namespace llmgw::forward {

// What a chat request asks of the mock, as far as its body is short enough to be read.
struct MockAsked {
  std::string last_user_message;         // empty when there is none, or only parts without text
  bool include_usage = false;            // of stream_options
  std::vector<std::string> unsupported;  // fields that change nothing about the answer
};
MockAsked ReadMockRequest(const ForwardRequest& request);

// A whole chat.completion that says `text`.
std::string MockChat(const ForwardRequest& request, std::string_view text);

// The tokens of an answer that says `text`.
model::TokenUsage MockUsage(const ForwardRequest& request, std::string_view text);

// The same as events, each whole: a role, the words, the finish reason, and at last [DONE], with
// usage before it where the client asked for that (stream_options.include_usage).
std::vector<std::string> MockChatEvents(const ForwardRequest& request, std::string_view text,
                                        bool include_usage);

// A list of the one model "mock".
std::string MockModels();

// An error object, as OpenAI answers with `status`; also what a stream's error event holds.
std::string MockError(int status);

}  // namespace llmgw::forward

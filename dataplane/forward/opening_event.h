#pragma once

#include <cstdint>
#include <string_view>

namespace llmgw::forward {

// The status that a failure amounts to which does not say so.
inline constexpr int kUnknownFailure = 502;

// What one of the first events of a streamed answer, or an answer that is a document, says about
// it.
enum class Sign : uint8_t {
  kNothing,  // no content yet: a comment, a ping, a role, an answer that is only announced
  kContent,
  kError,
  kEnd,  // "[DONE]"
};

struct EventSign {
  Sign sign = Sign::kContent;
  // kError: the HTTP status that it amounts to, as far as it says so; else 502.
  int status = 0;
};

// `type` is the event's, possibly empty. Known are the streams of OpenAI's chat completions,
// completions and Responses and of Anthropic's Messages; an event of any other shape counts as
// content. So does one that says why a complete answer ended (`finish_reason`, `message_delta`):
// it is whole, if empty.
EventSign ReadSign(std::string_view type, std::string_view data);

// The same of the beginning of a JSON document, by its first member: `"error": {…}`, or
// `"type": "error"` and `"object": "error"`. kNothing: it is too short to tell.
Sign ReadDocumentSign(std::string_view beginning);

}  // namespace llmgw::forward

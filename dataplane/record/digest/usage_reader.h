#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmgw::record {

// Tokens as the upstream reported them; a field is absent when it did not.
struct TokenUsage {
  std::optional<int64_t> input;
  std::optional<int64_t> output;
  std::optional<int64_t> cached_input;  // the part of input served from the upstream's prompt cache
  std::optional<int64_t> reasoning;     // the part of output spent on reasoning

  bool empty() const { return !input && !output && !cached_input && !reasoning; }
};

// Reads usage out of one JSON document: a whole answer or the data of one event. Understands
//   - OpenAI chat, completions and embeddings:
//   usage.{prompt_tokens,completion_tokens,prompt_tokens_details.cached_tokens,
//     completion_tokens_details.reasoning_tokens}
//   - OpenAI Responses (usage at the top or under "response"), audio and images:
//   usage.{input_tokens,output_tokens,input_tokens_details,
//     output_tokens_details}
//   - Anthropic messages: usage at the top or under "message", with cache_read_input_tokens.
// Fields found overwrite those in `out`, others stay: Anthropic spreads them over two events. Sets
// `model_served` too when it is empty and the document names a model. Returns whether any usage
// field was found. A document without "usage" is rejected by a search, before any parsing; one that
// is not JSON is no usage. Thread-safe (per-thread scratch memory, bounded).
bool ReadUsage(std::string_view json, TokenUsage& out, std::string& model_served);

// The model named by a document (top level, or under "response" or "message"), or "".
std::string ReadModel(std::string_view json);

}  // namespace llmgw::record

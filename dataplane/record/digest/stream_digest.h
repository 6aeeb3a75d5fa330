#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "dataplane/record/digest/sse_scanner.h"
#include "dataplane/record/digest/usage_reader.h"

namespace llmgw::record {

// What a streamed answer said about itself, learnt while its bytes pass by. Feed payload (no chunk
// framing); uncompressed only. Never changes or delays the bytes. One per open stream, used by one
// thread at a time.
class StreamDigest {
 public:
  void Feed(std::string_view bytes);
  // The stream ended, in whatever way. Call once, before reading the results.
  void Finish();

  const TokenUsage& usage() const { return usage_; }
  const std::string& model_served() const& { return model_served_; }
  std::string model_served() && { return std::move(model_served_); }
  uint32_t event_count() const { return event_count_; }
  // The stream said that it is complete: "[DONE]", or the last event of the Responses, audio, image
  // or Anthropic dialect.
  bool saw_done() const { return saw_done_; }
  // An event of type "error", or data that is an error object.
  bool saw_error_event() const { return saw_error_event_; }
  // Something written now would be read as part of an unfinished event.
  bool mid_event() const { return scanner_.mid_event(); }

 private:
  void OnEvent(const SseEvent& event);

  SseScanner scanner_;
  TokenUsage usage_;
  std::string model_served_;
  uint32_t event_count_ = 0;
  bool saw_done_ = false;
  bool saw_error_event_ = false;
};

// The same for an answer that is one JSON document. Keeps at most its first 2 KiB and last 16 KiB,
// where model and usage stand in practice; a document of up to 16 KiB is kept whole and read
// exactly.
class JsonDigest {
 public:
  static constexpr size_t kHeadBytes = 2 * 1024;
  static constexpr size_t kTailBytes = 16 * 1024;

  JsonDigest() = default;
  // With memory that was used before, for the document and the model's name; memory() gives the
  // former back.
  JsonDigest(std::string document, std::string model)
      : tail_(std::move(document)), model_served_(std::move(model)) {
    tail_.clear();
    model_served_.clear();
  }

  void Feed(std::string_view bytes);
  void Finish();

  const TokenUsage& usage() const { return usage_; }
  const std::string& model_served() const& { return model_served_; }
  std::string model_served() && { return std::move(model_served_); }
  std::string memory() && { return std::move(tail_); }

 private:
  std::string head_;
  std::string tail_;
  uint64_t total_bytes_ = 0;
  TokenUsage usage_;
  std::string model_served_;
};

}  // namespace llmgw::record

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/forward/adapter/replicate_prediction.h"

namespace llmgw::forward {

// Turns the event stream of a prediction (https://replicate.com/docs/topics/predictions/streaming:
// "output" with a piece of text, "error", "done" with {"reason": …} when it did not succeed) into
// the chunks of a chat completion stream. Reads events as the HTML standard says, however they are
// cut. Holds at most one event of 1 MiB. One thread.
class ReplicateEvents {
 public:
  enum class State : uint8_t {
    kRunning,
    kDone,    // it ended well: Finish() is what is left to say
    kFailed,  // error() may say why
    kCanceled,
    kMalformed,  // an event longer than any
  };

  // `usage_wanted`: the client asked for a usage chunk, so the others carry a null.
  ReplicateEvents(CompletionFacts facts, bool usage_wanted);

  // Appends the chunks for what has come to `out`. Once it is not kRunning, nothing more is read.
  State Feed(std::string_view bytes, std::string& out);
  // The same for output that did not come as events.
  void Output(std::string_view text, std::string& out);
  // The last chunk, the usage where it is wanted and known, and "[DONE]".
  void Finish(std::string_view finish_reason, const model::TokenUsage& usage, std::string& out);

  State state() const { return state_; }
  // A chunk with text has been written.
  bool has_content() const { return has_content_; }
  const std::string& error() const { return error_; }

 private:
  void EndLine(std::string& out);
  void Dispatch(std::string& out);
  void BeginOnce(std::string& out);
  std::string Chunk(std::string_view delta, std::string_view finish_reason) const;

  std::string before_;  // of each chunk, up to its choices
  std::string after_;
  State state_ = State::kRunning;
  bool usage_wanted_;
  bool begun_ = false;
  bool has_content_ = false;
  bool first_line_ = true;
  bool after_cr_ = false;
  bool has_data_ = false;
  std::string line_;
  std::string type_;
  std::string data_;
  std::string error_;
};

}  // namespace llmgw::forward

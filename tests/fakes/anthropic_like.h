#pragma once

#include <string>

#include "tests/fakes/fake_upstream.h"

namespace llmgw::test {

// A provider that speaks enough of Anthropic's API to satisfy its clients, and is as strict as the
// real one about what it gets (https://docs.claude.com/en/api/messages). It serves below /v1:
// messages (plain and streamed, with text or a tool's input), messages/count_tokens,
// messages/batches (create, retrieve), models (list, retrieve).
//
// What a model's name makes it do: as with OpenAiLike, "error-<status>", "endless" and "unknown-…";
// also
//   broken         a stream whose connection ends before its last events
//   error-event    a stream that begins and then reports an error
//
// GET /_fake/state: as with OpenAiLike.
class AnthropicLike {
 public:
  explicit AnthropicLike(std::string api_key);

  FakeUpstream& server() { return server_; }
  std::string endpoint() const { return server_.Url("/v1"); }

 private:
  Reply Serve(const ReceivedRequest& request);
  Reply State() const;

  const std::string api_key_;
  FakeUpstream server_;  // last: its threads use the rest
};

}  // namespace llmgw::test

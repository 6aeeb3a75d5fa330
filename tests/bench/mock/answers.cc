#include "tests/bench/mock/answers.h"

#include <cstdio>

namespace llmgw::bench {
namespace {

constexpr std::string_view kCommonFields =
    "openai-organization: bench\r\nopenai-processing-ms: 1\r\nopenai-version: 2020-10-01\r\n"
    "x-request-id: req_0123456789abcdef0123456789abcdef\r\n";

std::string Chunk(std::string_view data) {
  char size[20];
  std::snprintf(size, sizeof(size), "%zx\r\n", data.size());
  return std::string(size) + std::string(data) + "\r\n";
}

std::string Event(std::string_view choices, std::string_view usage) {
  return "data: "
         "{\"id\":\"chatcmpl-bench0123456789abcdefghij\",\"object\":\"chat.completion.chunk\","
         "\"created\":1700000000,\"model\":\"bench-model-2024-08-06\",\"system_fingerprint\":"
         "\"fp_0123456789\",\"choices\":" +
         std::string(choices) + ",\"usage\":" + std::string(usage) + "}\n\n";
}

}  // namespace

Answers::Answers() {
  std::string text;
  while (text.size() < 480) text += "An answer has words, \\\"quotes\\\" and line\\nbreaks. ";
  std::string body =
      "{\"id\":\"chatcmpl-bench0123456789abcdefghij\",\"object\":\"chat.completion\",\"created\":"
      "1700000000,\"model\":\"bench-model-2024-08-06\",\"choices\":[{\"index\":0,\"message\":{"
      "\"role\":"
      "\"assistant\",\"content\":\"" +
      text +
      "\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_"
      "tokens\":"
      "210,\"completion_tokens\":120,\"total_tokens\":330,\"prompt_tokens_details\":{\"cached_"
      "tokens\":"
      "0}},\"service_tier\":\"default\",\"system_fingerprint\":\"";
  body += kReceivedMark;
  const size_t digits_at = body.size();
  body += std::string(kReceivedDigits, '0') + "\"}";
  whole_ = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + std::string(kCommonFields) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  received_at_ = whole_.size() + digits_at;
  whole_ += body;

  stream_head_ = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n" +
                 std::string(kCommonFields) + "Transfer-Encoding: chunked\r\n\r\n";

  const std::string stamp(ChunkStamp::kSize, '0');
  stream_event_ = Chunk(Event("[{\"index\":0,\"delta\":{\"content\":\"" + stamp +
                                  "\"},\"logprobs\":null,\"finish_reason\":null}]",
                              "null"));
  stamp_at_ = stream_event_.find(stamp);

  stream_end_ =
      Chunk(Event("[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]",
                  "null")) +
      Chunk(Event("[]", "{\"prompt_tokens\":210,\"completion_tokens\":200,\"total_tokens\":410}")) +
      Chunk("data: [DONE]\n\n") + "0\r\n\r\n";
}

std::string_view Answers::Whole(uint64_t received_bytes) {
  PrintDigits(received_bytes, kReceivedDigits, whole_.data() + received_at_);
  return whole_;
}

std::string_view Answers::StreamEvent(const ChunkStamp& stamp) {
  stamp.Print(stream_event_.data() + stamp_at_);
  return stream_event_;
}

}  // namespace llmgw::bench

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/bench/wire/chunk_stamp.h"

namespace llmgw::bench {

// The bytes the mock sends, shaped like those of OpenAI's chat API and made once. Views are good
// until the next call.
class Answers {
 public:
  Answers();

  // A whole answer of about 1 KB, saying how many body bytes had come.
  std::string_view Whole(uint64_t received_bytes);

  std::string_view StreamHead() const { return stream_head_; }
  // One event of about 250 bytes in a chunk of its own.
  std::string_view StreamEvent(const ChunkStamp& stamp);
  // Finish reason, usage, [DONE] and the end of the chunked body.
  std::string_view StreamEnd() const { return stream_end_; }

 private:
  std::string whole_;
  size_t received_at_ = 0;  // of the digits in whole_
  std::string stream_head_;
  std::string stream_event_;
  size_t stamp_at_ = 0;  // in stream_event_
  std::string stream_end_;
};

}  // namespace llmgw::bench

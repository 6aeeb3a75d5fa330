#include "tests/bench/load/stream_check.h"

namespace llmgw::bench {
namespace {

constexpr std::string_view kEventEnd = "\n\n";

}  // namespace

void StreamCheck::Begin(uint32_t chunks) {
  chunks_ = chunks;
  next_ = 0;
  done_ = false;
  fault_ = nullptr;
  partial_.clear();
}

void StreamCheck::Feed(std::string_view bytes, const OnStamp& on_stamp) {
  if (!partial_.empty()) {
    partial_.append(bytes);
    bytes = partial_;
  }
  size_t at = 0;
  for (;;) {
    const size_t end = bytes.find(kEventEnd, at);
    if (end == std::string_view::npos) break;
    TakeEvent(bytes.substr(at, end - at), on_stamp);
    at = end + kEventEnd.size();
  }
  partial_ = std::string(bytes.substr(at));
}

void StreamCheck::TakeEvent(std::string_view event, const OnStamp& on_stamp) {
  if (event == "data: [DONE]") {
    done_ = true;
    return;
  }
  const auto stamp = ChunkStamp::Find(event);
  if (!stamp) {
    if (!event.starts_with("data: {")) fault_ = "an event is damaged";
    return;
  }
  if (stamp->sequence < next_) fault_ = "a chunk came twice or late";
  if (stamp->sequence > next_) fault_ = "a chunk is missing";
  if (done_) fault_ = "a chunk came after [DONE]";
  next_ = stamp->sequence + 1;
  on_stamp(*stamp);
}

const char* StreamCheck::FaultAtEnd() const {
  if (fault_) return fault_;
  if (next_ != chunks_) return "the stream ended early";
  if (!done_) return "the stream ended without [DONE]";
  return partial_.empty() ? nullptr : "the stream ended within an event";
}

}  // namespace llmgw::bench

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tests/bench/wire/chunk_stamp.h"

namespace llmgw::bench {

// Reads a server-sent event stream of the mock and holds it to its promise: every event once, in
// order, then [DONE]. Not thread-safe.
class StreamCheck {
 public:
  using OnStamp = std::function<void(const ChunkStamp&)>;

  // A new stream of so many stamped events.
  void Begin(uint32_t chunks);
  // Body bytes, cut anywhere. Calls `on_stamp` for each event that has one.
  void Feed(std::string_view bytes, const OnStamp& on_stamp);

  // What is wrong so far, null for nothing.
  const char* fault() const { return fault_; }
  // The same once no more will come: also that it is whole.
  const char* FaultAtEnd() const;

 private:
  void TakeEvent(std::string_view event, const OnStamp& on_stamp);

  uint32_t chunks_ = 0;
  uint32_t next_ = 0;  // the sequence number that must come
  bool done_ = false;  // [DONE] was seen
  const char* fault_ = nullptr;
  std::string partial_;  // an event whose end has not come
};

}  // namespace llmgw::bench

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmgw::bench {

// What the mock writes into every streamed event and the load generator reads back: which one it is
// and when it was sent. Of fixed width, so that all events are of one size.
struct ChunkStamp {
  uint32_t sequence = 0;  // counts from 0 within a stream
  int64_t sent = 0;       // Now() right before the send call

  static constexpr std::string_view kMark = "stamp-";
  static constexpr size_t kSequenceDigits = 8;
  static constexpr size_t kSentDigits = 19;
  static constexpr size_t kSize = kMark.size() + kSequenceDigits + 1 + kSentDigits;

  // Overwrites kSize characters.
  void Print(char* out) const;
  // The first stamp within `text`.
  static std::optional<ChunkStamp> Find(std::string_view text);
};

// The mock tells in every whole answer how many body bytes reached it, so that the load generator
// knows that a proxy lost none: "bytes-" and this many digits.
inline constexpr std::string_view kReceivedMark = "bytes-";
inline constexpr size_t kReceivedDigits = 12;

// Writes `value` in exactly `digits` decimal digits.
void PrintDigits(uint64_t value, size_t digits, char* out);
// Reads them; nullopt when one is not a digit. REQUIRES: text.size() >= digits.
std::optional<uint64_t> ReadDigits(std::string_view text, size_t digits);

// Asks the mock for a stream: a request header that proxies pass on.
inline constexpr std::string_view kStreamHeader = "x-bench-stream";

// "chunks=200;interval_us=10000": how many events a stream has and how far apart they are sent.
struct StreamPlan {
  uint32_t chunks = 0;  // 0: no stream
  uint32_t interval_us = 0;

  std::string Print() const;
  static std::optional<StreamPlan> Parse(std::string_view text);
};

}  // namespace llmgw::bench

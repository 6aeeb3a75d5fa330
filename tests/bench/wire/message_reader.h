#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace llmgw::bench {

// Reads one HTTP/1.1 message after another from the pieces in which they arrive: enough of RFC 9112
// for peers that are known to behave, and shares no line with the gateway's parser. Not
// thread-safe.
class MessageReader {
 public:
  enum class Kind { kRequest, kResponse };
  enum class State { kHead, kBody, kDone, kBroken };

  explicit MessageReader(Kind kind) : kind_(kind) {}

  // Body bytes with the chunk framing taken off, as they come.
  using OnBody = std::function<void(std::string_view)>;

  // Takes bytes up to the end of the message and returns how many; what is left belongs to the next
  // one, after Restart().
  size_t Feed(std::string_view bytes, const OnBody& on_body);
  // The peer has closed its side: ends a body that has no other end, breaks everything else.
  void FeedEnd();
  void Restart();

  State state() const { return state_; }
  bool done() const { return state_ == State::kDone; }
  // Nothing of a message has been read.
  bool untouched() const { return state_ == State::kHead && partial_.empty(); }

  // Of the head, once it has been read.
  int status() const { return status_; }               // responses
  std::string_view target() const { return target_; }  // requests
  // The connection ends with this message.
  bool closes() const { return closes_; }
  // The value of `kStreamHeader`, empty without one.
  std::string_view stream_plan() const { return stream_plan_; }
  uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class Framing { kNone, kLength, kChunked, kUntilClose };
  enum class ChunkPart { kSize, kExtension, kData, kDataEnd, kTrailer };

  size_t FeedHead(std::string_view bytes);
  size_t FeedBody(std::string_view bytes, const OnBody& on_body);
  size_t FeedChunked(std::string_view bytes, const OnBody& on_body);
  void FeedFrameByte(char c);
  void EndSizeLine();
  void ReadHead(std::string_view head);
  void ReadField(std::string_view line);
  void Deliver(std::string_view bytes, const OnBody& on_body);

  const Kind kind_;
  State state_ = State::kHead;
  std::string partial_;  // of a head that came in pieces
  int status_ = 0;
  std::string target_;
  bool closes_ = false;
  std::string stream_plan_;
  Framing framing_ = Framing::kNone;
  uint64_t left_ = 0;  // of the body or of the chunk
  ChunkPart chunk_part_ = ChunkPart::kSize;
  size_t line_length_ = 0;  // of the trailer line being read
  uint64_t body_bytes_ = 0;
};

}  // namespace llmgw::bench

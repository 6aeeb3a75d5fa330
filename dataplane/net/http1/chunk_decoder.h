#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "dataplane/net/http1/head.h"

namespace llmgw::net::http1 {

struct ChunkLimits {
  uint32_t max_extension_bytes = 256;     // all extensions of one chunk line
  uint32_t max_trailer_bytes = 8 * 1024;  // all trailer lines together
};

// Why a chunked body was refused. Every one is answered with 400 (from a client) or treated as a
// broken upstream.
enum class ChunkFault : uint8_t {
  kNone,
  kBadSize,       // no hexadecimal digit, or anything but CRLF or ';' after the digits
  kSizeTooLarge,  // more than 16 digits, or more than 2^63-1
  kBadExtension,  // not ;name[=value] without whitespace, or a control character
  kExtensionTooLong,
  kBadLineEnd,        // CR without LF, or LF without CR, at the end of a chunk line
  kMissingDataEnd,    // chunk data not followed by CRLF
  kBadTrailer,        // a trailer line that is not a valid header line
  kForbiddenTrailer,  // framing, routing or authentication field (RFC 9110 6.5.1)
  kTrailerTooLong,
};

std::string_view Slug(ChunkFault fault);

// Incremental decoder of the chunked transfer coding (RFC 9112 7.1), strict. Keeps no payload: it
// finds payload inside the caller's bytes, so that the caller can forward the framing untouched.
// One lives per open chunked stream, hence small. Used by one thread at a time.
class ChunkDecoder {
 public:
  struct Step {
    ParseStatus status;  // kNeedMore: drop `consumed` bytes and call again with the rest (read more
                         // when it is empty) kDone: body and trailers ended; what follows
                         // `consumed` is the next message. kError: see fault()
    size_t consumed;     // framing and payload bytes used by this step, all of them acceptable; > 0
                         // unless `in` is empty or status is kError
    std::string_view
        data;  // the payload inside the consumed bytes, one contiguous run, possibly empty
  };

  explicit ChunkDecoder(ChunkLimits limits = {}) : limits_(limits) {}

  // Decodes the next run. On kError, `consumed` counts the acceptable bytes before the offending
  // one. After kDone or kError the decoder consumes nothing until Reset.
  Step Next(std::string_view in);

  // Payload bytes still owed in the current chunk.
  uint64_t remaining_in_chunk() const { return state_ == State::kData ? remaining_ : 0; }

  // True when nothing of a chunk is owed: before a size line, or after the end. Writing a chunk of
  // one's own here keeps the framing whole.
  bool at_chunk_boundary() const { return state_ == State::kSizeStart || state_ == State::kDone; }

  bool done() const { return state_ == State::kDone; }

  // For a body that broke off, or was malformed, after its acceptable bytes were forwarded
  // untouched: appends what brings the receiver to a chunk boundary, filling an open chunk with
  // line feeds (harmless inside an event stream). False when that would take more than
  // `most_filler` bytes or the end of the body was already announced; `out` is then unchanged.
  bool AppendRepair(std::string& out, uint64_t most_filler) const;

  // The trailer lines as received, each with its CRLF, without the empty line that ends them. Empty
  // until done().
  const std::string& trailers() const;

  ChunkFault fault() const { return fault_; }

  // Ready for another body, with the same limits.
  void Reset();

 private:
  enum class State : uint8_t {
    kSizeStart,
    kSize,
    kExtensionNameStart,
    kExtensionName,
    kExtensionValueStart,
    kExtensionValue,
    kExtensionQuoted,
    kExtensionQuotedPair,
    kExtensionQuotedEnd,
    kSizeLineFeed,
    kData,
    kDataCarriageReturn,
    kDataLineFeed,
    kTrailerStart,
    kTrailerLine,
    kTrailerLineFeed,
    kEndLineFeed,
    kDone,
    kFailed,
  };
  struct Trailers {
    std::string lines;
    size_t line_begin = 0;
  };

  bool Accept(char c);
  bool AcceptSize(char c);
  bool AcceptExtension(char c);
  bool AcceptTrailer(char c);
  bool EndTrailerLine();
  bool Fail(ChunkFault fault);

  ChunkLimits limits_;
  uint64_t remaining_ = 0;
  std::unique_ptr<Trailers> trailers_;
  uint32_t extension_bytes_ = 0;
  uint8_t digits_ = 0;
  State state_ = State::kSizeStart;
  State failed_in_ = State::kFailed;  // kFailed: what was being read when the fault was found
  ChunkFault fault_ = ChunkFault::kNone;
};

static_assert(sizeof(ChunkDecoder) <= 64, "one lives per open stream");

}  // namespace llmgw::net::http1

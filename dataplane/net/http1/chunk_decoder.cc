#include "dataplane/net/http1/chunk_decoder.h"

#include <algorithm>

#include "dataplane/net/http1/char_class.h"
#include "dataplane/net/http1/head_lines.h"

namespace llmgw::net::http1 {
namespace {

constexpr int kMaxSizeDigits = 16;
constexpr uint64_t kMaxChunkSize = INT64_MAX;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Fields that would change how the message is framed, routed or authenticated had they come in the
// head: a next hop that merges trailers into headers must not get them from here (RFC 9110 6.5.1).
bool IsForbiddenTrailer(HeaderId id) {
  switch (id) {
    case HeaderId::kHost:
    case HeaderId::kContentLength:
    case HeaderId::kExpect:
    case HeaderId::kAuthorization:
    case HeaderId::kXApiKey:
    case HeaderId::kApiKey:
    case HeaderId::kCookie:
    case HeaderId::kSetCookie:
    case HeaderId::kContentType:
    case HeaderId::kContentEncoding:
    case HeaderId::kXForwardedFor:
    case HeaderId::kXForwardedHost:
    case HeaderId::kXForwardedProto:
    case HeaderId::kXRealIp:
    case HeaderId::kForwarded:
    case HeaderId::kRange:
    case HeaderId::kSecWebsocket:
      return true;
    default:
      return IsHopByHop(id);
  }
}

}  // namespace

ChunkDecoder::Step ChunkDecoder::Next(std::string_view in) {
  size_t at = 0;
  while (at < in.size() && state_ != State::kDone && state_ != State::kFailed) {
    if (state_ == State::kData) {
      const size_t run = static_cast<size_t>(std::min<uint64_t>(remaining_, in.size() - at));
      remaining_ -= run;
      if (remaining_ == 0) state_ = State::kDataCarriageReturn;
      return {ParseStatus::kNeedMore, at + run, in.substr(at, run)};
    }
    if (!Accept(in[at])) break;
    ++at;
  }
  if (state_ == State::kFailed) return {ParseStatus::kError, at, {}};
  return {done() ? ParseStatus::kDone : ParseStatus::kNeedMore, at, {}};
}

bool ChunkDecoder::AppendRepair(std::string& out, uint64_t most_filler) const {
  uint64_t owed = remaining_;
  std::string_view to_data;
  switch (state_ == State::kFailed ? failed_in_ : state_) {
    case State::kSizeStart:
      return true;
    case State::kDataCarriageReturn:
      out += "\r\n";
      return true;
    case State::kDataLineFeed:
      out += "\n";
      return true;
    case State::kData:
      break;
    case State::kSize:
      // A size of zero so far would end the body: one more digit makes it a chunk of one byte.
      to_data = owed == 0 ? "1\r\n" : "\r\n";
      owed = std::max<uint64_t>(owed, 1);
      if (remaining_ == 0 && digits_ >= kMaxSizeDigits) return false;
      break;
    case State::kExtensionNameStart:
    case State::kExtensionValueStart:
      to_data = "x\r\n";
      if (owed == 0) return false;
      break;
    case State::kExtensionName:
    case State::kExtensionValue:
    case State::kExtensionQuotedEnd:
      to_data = "\r\n";
      if (owed == 0) return false;
      break;
    case State::kSizeLineFeed:
      to_data = "\n";
      if (owed == 0) return false;
      break;
    case State::kExtensionQuoted:
    case State::kExtensionQuotedPair:
    case State::kTrailerStart:
    case State::kTrailerLine:
    case State::kTrailerLineFeed:
    case State::kEndLineFeed:
    case State::kDone:
    case State::kFailed:
      return false;
  }
  if (owed > most_filler) return false;
  out += to_data;
  out.append(owed, '\n');
  out += "\r\n";
  return true;
}

const std::string& ChunkDecoder::trailers() const {
  static const std::string kEmpty;
  return trailers_ != nullptr && done() ? trailers_->lines : kEmpty;
}

void ChunkDecoder::Reset() {
  trailers_.reset();
  remaining_ = 0;
  extension_bytes_ = 0;
  digits_ = 0;
  state_ = State::kSizeStart;
  fault_ = ChunkFault::kNone;
}

bool ChunkDecoder::Fail(ChunkFault fault) {
  fault_ = fault;
  failed_in_ = state_;
  state_ = State::kFailed;
  return false;
}

bool ChunkDecoder::Accept(char c) {
  switch (state_) {
    case State::kSizeStart:
    case State::kSize:
      return AcceptSize(c);
    case State::kExtensionNameStart:
    case State::kExtensionName:
    case State::kExtensionValueStart:
    case State::kExtensionValue:
    case State::kExtensionQuoted:
    case State::kExtensionQuotedPair:
    case State::kExtensionQuotedEnd:
      return AcceptExtension(c);
    case State::kSizeLineFeed:
      if (c != '\n') return Fail(ChunkFault::kBadLineEnd);
      state_ = remaining_ != 0 ? State::kData : State::kTrailerStart;
      return true;
    case State::kDataCarriageReturn:
      if (c != '\r') return Fail(ChunkFault::kMissingDataEnd);
      state_ = State::kDataLineFeed;
      return true;
    case State::kDataLineFeed:
      if (c != '\n') return Fail(ChunkFault::kMissingDataEnd);
      state_ = State::kSizeStart;
      return true;
    case State::kTrailerStart:
    case State::kTrailerLine:
    case State::kTrailerLineFeed:
    case State::kEndLineFeed:
      return AcceptTrailer(c);
    case State::kData:
    case State::kDone:
    case State::kFailed:
      break;
  }
  return false;
}

bool ChunkDecoder::AcceptSize(char c) {
  const int digit = HexValue(c);
  if (state_ == State::kSizeStart) {
    if (digit < 0) return Fail(ChunkFault::kBadSize);
    remaining_ = static_cast<uint64_t>(digit);
    digits_ = 1;
    extension_bytes_ = 0;
    state_ = State::kSize;
    return true;
  }
  if (digit >= 0) {
    if (++digits_ > kMaxSizeDigits || remaining_ > kMaxChunkSize >> 4) {
      return Fail(ChunkFault::kSizeTooLarge);
    }
    remaining_ = remaining_ << 4 | static_cast<uint64_t>(digit);
    return true;
  }
  if (c == '\n') return Fail(ChunkFault::kBadLineEnd);
  if (c != '\r' && c != ';') return Fail(ChunkFault::kBadSize);
  state_ = c == '\r' ? State::kSizeLineFeed : State::kExtensionNameStart;
  return true;
}

// ;name[=token | ="quoted"] repeated. The whitespace that RFC 9112 7.1.1 calls bad is refused: next
// hops disagree on it.
bool ChunkDecoder::AcceptExtension(char c) {
  if (++extension_bytes_ > limits_.max_extension_bytes) return Fail(ChunkFault::kExtensionTooLong);
  const bool in_quotes = state_ == State::kExtensionQuoted || state_ == State::kExtensionQuotedPair;
  if (!in_quotes && c == '\n') return Fail(ChunkFault::kBadLineEnd);
  const bool element_may_end = state_ == State::kExtensionName ||
                               state_ == State::kExtensionValue ||
                               state_ == State::kExtensionQuotedEnd;
  if (element_may_end && (c == '\r' || c == ';')) {
    state_ = c == '\r' ? State::kSizeLineFeed : State::kExtensionNameStart;
    return true;
  }
  if (state_ == State::kExtensionName && c == '=') {
    state_ = State::kExtensionValueStart;
    return true;
  }
  if (state_ == State::kExtensionValueStart && c == '"') {
    state_ = State::kExtensionQuoted;
    return true;
  }
  if (in_quotes) {
    if (!Is(kExtensionChar, c)) return Fail(ChunkFault::kBadExtension);
    if (state_ == State::kExtensionQuotedPair) {
      state_ = State::kExtensionQuoted;
    } else if (c == '\\') {
      state_ = State::kExtensionQuotedPair;
    } else if (c == '"') {
      state_ = State::kExtensionQuotedEnd;
    }
    return true;
  }
  if (state_ == State::kExtensionQuotedEnd || !Is(kTokenChar, c)) {
    return Fail(ChunkFault::kBadExtension);
  }
  if (state_ == State::kExtensionNameStart) state_ = State::kExtensionName;
  if (state_ == State::kExtensionValueStart) state_ = State::kExtensionValue;
  return true;
}

bool ChunkDecoder::AcceptTrailer(char c) {
  if (state_ == State::kEndLineFeed) {
    if (c != '\n') return Fail(ChunkFault::kBadTrailer);
    state_ = State::kDone;
    return true;
  }
  if (state_ == State::kTrailerStart && c == '\r') {
    state_ = State::kEndLineFeed;
    return true;
  }
  if (trailers_ == nullptr) trailers_ = std::make_unique<Trailers>();
  if (trailers_->lines.size() >= limits_.max_trailer_bytes) {
    return Fail(ChunkFault::kTrailerTooLong);
  }
  if (state_ == State::kTrailerLineFeed) {
    if (c != '\n') return Fail(ChunkFault::kBadTrailer);
    trailers_->lines += "\n";
    return EndTrailerLine();
  }
  if (c == '\r') {
    state_ = State::kTrailerLineFeed;
  } else if (Is(kExtensionChar, c)) {
    state_ = State::kTrailerLine;
  } else {
    return Fail(ChunkFault::kBadTrailer);
  }
  trailers_->lines += c;
  return true;
}

bool ChunkDecoder::EndTrailerLine() {
  const std::string_view lines = trailers_->lines;
  const std::string_view line =
      lines.substr(trailers_->line_begin, lines.size() - trailers_->line_begin - 2);
  HeaderView header;
  if (SplitHeaderLine(line, header) != HeadFault::kNone) return Fail(ChunkFault::kBadTrailer);
  if (IsForbiddenTrailer(header.id)) return Fail(ChunkFault::kForbiddenTrailer);
  trailers_->line_begin = lines.size();
  state_ = State::kTrailerStart;
  return true;
}

std::string_view Slug(ChunkFault fault) {
  switch (fault) {
    case ChunkFault::kNone:
      return "none";
    case ChunkFault::kBadSize:
      return "bad_chunk_size";
    case ChunkFault::kSizeTooLarge:
      return "chunk_size_too_large";
    case ChunkFault::kBadExtension:
      return "bad_chunk_extension";
    case ChunkFault::kExtensionTooLong:
      return "chunk_extension_too_long";
    case ChunkFault::kBadLineEnd:
      return "bad_chunk_line_end";
    case ChunkFault::kMissingDataEnd:
      return "missing_chunk_data_end";
    case ChunkFault::kBadTrailer:
      return "bad_trailer";
    case ChunkFault::kForbiddenTrailer:
      return "forbidden_trailer";
    case ChunkFault::kTrailerTooLong:
      return "trailer_too_long";
  }
  return "unknown";
}

}  // namespace llmgw::net::http1

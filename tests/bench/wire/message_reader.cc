#include "tests/bench/wire/message_reader.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

#include "tests/bench/wire/chunk_stamp.h"

namespace llmgw::bench {
namespace {

constexpr size_t kMostHeadBytes = 64 << 10;

bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool ContainsNoCase(std::string_view text, std::string_view lower) {
  const auto found =
      std::search(text.begin(), text.end(), lower.begin(), lower.end(),
                  [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  return found != text.end();
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void MessageReader::Restart() {
  state_ = State::kHead;
  partial_.clear();
  status_ = 0;
  target_.clear();
  closes_ = false;
  stream_plan_.clear();
  body_bytes_ = 0;
}

size_t MessageReader::Feed(std::string_view bytes, const OnBody& on_body) {
  size_t used = 0;
  while (used < bytes.size() && (state_ == State::kHead || state_ == State::kBody)) {
    const std::string_view rest = bytes.substr(used);
    used += state_ == State::kHead ? FeedHead(rest) : FeedBody(rest, on_body);
  }
  return used;
}

void MessageReader::FeedEnd() {
  const bool ends_here = state_ == State::kBody && framing_ == Framing::kUntilClose;
  if (state_ != State::kDone) state_ = ends_here ? State::kDone : State::kBroken;
}

size_t MessageReader::FeedHead(std::string_view bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  if (partial_.empty()) {
    // The usual case: the whole head in one piece, read where it lies.
    const size_t end = bytes.find(kEnd);
    if (end != std::string_view::npos) {
      ReadHead(bytes.substr(0, end + 2));
      return end + kEnd.size();
    }
  }
  const size_t before = partial_.size();
  partial_.append(bytes);
  const size_t end = partial_.find(kEnd, before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    if (partial_.size() > kMostHeadBytes) state_ = State::kBroken;
    return bytes.size();
  }
  const std::string head = std::move(partial_);
  partial_.clear();
  ReadHead(std::string_view(head).substr(0, end + 2));
  return end + kEnd.size() - before;
}

// `head` ends with the line end of its last field.
void MessageReader::ReadHead(std::string_view head) {
  framing_ = Framing::kNone;
  left_ = 0;
  const size_t first_end = head.find("\r\n");
  const std::string_view first = head.substr(0, first_end);
  const size_t space = first.find(' ');
  if (space == std::string_view::npos) {
    state_ = State::kBroken;
    return;
  }
  if (kind_ == Kind::kResponse) {
    std::from_chars(first.data() + space + 1, first.data() + first.size(), status_);
    closes_ = first.starts_with("HTTP/1.0");
    if (status_ >= 200 && status_ != 204 && status_ != 304) framing_ = Framing::kUntilClose;
  } else {
    target_ = first.substr(space + 1, first.find(' ', space + 1) - space - 1);
    closes_ = first.ends_with("HTTP/1.0");
  }
  for (size_t at = first_end + 2; at < head.size();) {
    const size_t end = head.find("\r\n", at);
    ReadField(head.substr(at, end - at));
    at = end + 2;
  }
  if (status_ >= 100 && status_ < 200) {  // interim: the answer is still to come
    Restart();
    return;
  }
  chunk_part_ = ChunkPart::kSize;
  const bool empty = framing_ == Framing::kNone || (framing_ == Framing::kLength && left_ == 0);
  if (framing_ == Framing::kUntilClose) closes_ = true;
  if (framing_ == Framing::kChunked) left_ = 0;
  state_ = empty ? State::kDone : State::kBody;
}

void MessageReader::ReadField(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  if (SameName(name, "content-length") && framing_ != Framing::kChunked) {
    framing_ = Framing::kLength;
    std::from_chars(value.data(), value.data() + value.size(), left_);
  } else if (SameName(name, "transfer-encoding") && ContainsNoCase(value, "chunked")) {
    framing_ = Framing::kChunked;
  } else if (SameName(name, "connection") && ContainsNoCase(value, "close")) {
    closes_ = true;
  } else if (SameName(name, kStreamHeader)) {
    stream_plan_ = value;
  }
}

void MessageReader::Deliver(std::string_view bytes, const OnBody& on_body) {
  body_bytes_ += bytes.size();
  on_body(bytes);
}

size_t MessageReader::FeedBody(std::string_view bytes, const OnBody& on_body) {
  if (framing_ == Framing::kChunked) return FeedChunked(bytes, on_body);
  if (framing_ == Framing::kUntilClose) {
    Deliver(bytes, on_body);
    return bytes.size();
  }
  const size_t take = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
  Deliver(bytes.substr(0, take), on_body);
  left_ -= take;
  if (left_ == 0) state_ = State::kDone;
  return take;
}

size_t MessageReader::FeedChunked(std::string_view bytes, const OnBody& on_body) {
  size_t used = 0;
  while (used < bytes.size() && state_ == State::kBody) {
    if (chunk_part_ == ChunkPart::kData) {
      const size_t take = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size() - used));
      Deliver(bytes.substr(used, take), on_body);
      left_ -= take;
      used += take;
      if (left_ == 0) chunk_part_ = ChunkPart::kDataEnd;
    } else {
      FeedFrameByte(bytes[used++]);
    }
  }
  return used;
}

void MessageReader::EndSizeLine() {
  line_length_ = 0;
  chunk_part_ = left_ == 0 ? ChunkPart::kTrailer : ChunkPart::kData;
}

void MessageReader::FeedFrameByte(char c) {
  switch (chunk_part_) {
    case ChunkPart::kSize:
      if (c == '\n') {
        EndSizeLine();
      } else if (c == ';') {
        chunk_part_ = ChunkPart::kExtension;
      } else if (const int digit = HexValue(c); digit >= 0) {
        left_ = left_ * 16 + static_cast<uint64_t>(digit);
      } else if (c != '\r') {
        state_ = State::kBroken;
      }
      return;
    case ChunkPart::kExtension:
      if (c == '\n') EndSizeLine();
      return;
    case ChunkPart::kDataEnd:
      if (c == '\n') chunk_part_ = ChunkPart::kSize;
      return;
    case ChunkPart::kTrailer:
      if (c == '\n') {
        if (line_length_ == 0) state_ = State::kDone;
        line_length_ = 0;
      } else if (c != '\r') {
        ++line_length_;
      }
      return;
    case ChunkPart::kData:
      return;
  }
}

}  // namespace llmgw::bench

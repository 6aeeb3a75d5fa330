#include "dataplane/parse/multipart_peek.h"

#include <bit>
#include <string>
#include <utility>

#include "dataplane/parse/form_header.h"
#include "dataplane/parse/json_skip.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace llmgw::parse {
namespace {

constexpr size_t kMaxBoundaryBytes = 70;  // RFC 2046 5.1.1
constexpr size_t kMaxPartHeadBytes = 8 * 1024;
constexpr size_t kMaxModelBytes = 1024;
constexpr size_t kMaxStreamBytes = 16;

bool IsBoundary(std::string_view text) {
  constexpr std::string_view kAllowed =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ";
  return !text.empty() && text.size() <= kMaxBoundaryBytes && text.back() != ' ' &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

// The boundary parameter of a multipart/form-data type; false when there is not exactly one usable.
bool ReadBoundary(std::string_view content_type, std::string& boundary) {
  ParameterReader reader(content_type);
  if (!EqualsLower(reader.type(), "multipart/form-data")) return false;
  bool found = false;
  std::string_view name;
  std::string value;
  while (reader.Next(name, value)) {
    if (!EqualsLower(name, "boundary")) continue;
    if (std::exchange(found, true)) return false;
    boundary = value;
  }
  return found && !reader.malformed() && IsBoundary(boundary);
}

// Position of `needle`, which begins with CR LF '-', at or after `from`; npos when it is not there.
// Looks for CR and '-' two bytes apart, a pair that is rare in any content, so that a file is
// passed over at about the speed of reading it.
size_t FindDelimiter(std::string_view text, std::string_view needle, size_t from) {
  size_t at = from;
#if defined(__SSE2__)
  const __m128i cr = _mm_set1_epi8('\r');
  const __m128i dash = _mm_set1_epi8('-');
  for (; at + 16 + 2 <= text.size(); at += 16) {
    const char* p = text.data() + at;
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i third = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 2));
    const __m128i both = _mm_and_si128(_mm_cmpeq_epi8(first, cr), _mm_cmpeq_epi8(third, dash));
    uint32_t mask = static_cast<uint32_t>(_mm_movemask_epi8(both));
    for (; mask != 0; mask &= mask - 1) {
      const size_t hit = at + static_cast<size_t>(std::countr_zero(mask));
      if (text.substr(hit, needle.size()) == needle) return hit;
    }
  }
#endif
  return text.find(needle, at);
}

enum class Field { kOther, kModel, kStream };

// What a part's headers say.
struct PartHead {
  Field field = Field::kOther;
  bool has_disposition = false;
  bool is_file = false;
  bool encoded = false;
};

// "form-data; name=..." into `part`.
bool ReadDisposition(std::string_view value, PartHead& part) {
  ParameterReader reader(value);
  if (!EqualsLower(reader.type(), "form-data")) return false;
  bool named = false;
  std::string_view name;
  std::string text;
  while (reader.Next(name, text)) {
    if (EqualsLower(name, "name")) {
      if (std::exchange(named, true)) return false;
      if (text == "model") part.field = Field::kModel;
      if (text == "stream") part.field = Field::kStream;
    } else if (EqualsLower(name, "name*")) {
      return false;  // RFC 7578 4.2 forbids it, and parsers differ on which of the two wins
    } else if (EqualsLower(name, "filename") || EqualsLower(name, "filename*")) {
      part.is_file = true;
    }
  }
  return named && !reader.malformed();
}

bool ReadPartHeader(std::string_view line, PartHead& part) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view name = line.substr(0, colon);
  // Blanks here are a folded line or a space before the colon.
  if (name.find_first_of(" \t") != std::string_view::npos) return false;
  const std::string_view value = TrimBlanks(line.substr(colon + 1));
  if (EqualsLower(name, "content-disposition")) {
    return !std::exchange(part.has_disposition, true) && ReadDisposition(value, part);
  }
  if (EqualsLower(name, "content-transfer-encoding")) {
    part.encoded |=
        !EqualsLower(value, "7bit") && !EqualsLower(value, "8bit") && !EqualsLower(value, "binary");
  }
  return true;
}

bool HasStrayLineEnd(std::string_view line) {
  return line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

// `head` is the header block including the CRLF of its last line.
bool ReadPartHead(std::string_view head, PartHead& part) {
  while (!head.empty()) {
    const size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    if (HasStrayLineEnd(line) || !ReadPartHeader(line, part)) return false;
    head.remove_prefix(end + 2);
  }
  return part.has_disposition;
}

// One walk over the parts. Steps return kComplete to go on, and anything else to stop with it.
class MultipartPeeker {
 public:
  MultipartPeeker(std::string_view body, std::string_view boundary, bool is_whole_body,
                  BodyFacts& facts)
      : body_(body), is_whole_body_(is_whole_body), facts_(facts) {
    delimiter_.append("\r\n--").append(boundary);
  }

  PeekStatus Run() {
    const std::string_view first = std::string_view(delimiter_).substr(2);
    const std::string_view begin = body_.substr(0, first.size());
    if (begin != first.substr(0, begin.size())) return PeekStatus::kNotMultipart;
    if (begin.size() < first.size()) return EndOfInput();
    at_ = first.size();
    while (true) {
      bool closed = false;
      if (const PeekStatus status = AfterDelimiter(closed); status != PeekStatus::kComplete) {
        return status;
      }
      if (closed) return CheckRest();
      if (const PeekStatus status = Part(); status != PeekStatus::kComplete) return status;
    }
  }

 private:
  PeekStatus EndOfInput() const {
    return is_whole_body_ ? PeekStatus::kNotMultipart : PeekStatus::kNeedMore;
  }

  // Behind a delimiter: CRLF before another part, "--" when it was the last.
  PeekStatus AfterDelimiter(bool& closed) {
    const std::string_view next = body_.substr(at_, 2);
    if (next.size() == 2 || (next.size() == 1 && next[0] != '\r' && next[0] != '-')) {
      if (next != "\r\n" && next != "--") return PeekStatus::kNotMultipart;
      closed = next == "--";
      at_ += 2;
      return PeekStatus::kComplete;
    }
    return EndOfInput();
  }

  PeekStatus CheckRest() const {
    const std::string_view rest = body_.substr(at_);
    if (rest == std::string_view("\r\n").substr(0, rest.size())) return PeekStatus::kComplete;
    return PeekStatus::kNotMultipart;
  }

  PeekStatus Part() {
    PartHead part;
    if (const PeekStatus status = TakeHead(part); status != PeekStatus::kComplete) return status;
    if (const PeekStatus status = CheckHead(part); status != PeekStatus::kComplete) return status;
    const std::string_view first = std::string_view(delimiter_).substr(2);
    // A delimiter right behind the empty line: an empty part to some, content to others.
    if (body_.substr(at_, first.size()) == first) return PeekStatus::kNotMultipart;
    const size_t begin = at_;
    const size_t end = FindDelimiter(body_, delimiter_, begin);
    if (end == std::string_view::npos) return UnfinishedPart(part, body_.size() - begin);
    at_ = end + delimiter_.size();
    return TakeField(part, begin, end);
  }

  PeekStatus TakeHead(PartHead& part) {
    const std::string_view block = body_.substr(at_, kMaxPartHeadBytes);
    const size_t end = block.find("\r\n\r\n");
    if (end == std::string_view::npos) {
      return block.size() == kMaxPartHeadBytes ? PeekStatus::kNotMultipart : EndOfInput();
    }
    if (!ReadPartHead(block.substr(0, end + 2), part)) return PeekStatus::kNotMultipart;
    at_ += end + 4;
    return PeekStatus::kComplete;
  }

  // Repeated fields, and fields in a form that upstreams decode differently.
  PeekStatus CheckHead(const PartHead& part) {
    const bool plain = !part.is_file && !part.encoded;
    switch (part.field) {
      case Field::kOther:
        return PeekStatus::kComplete;
      case Field::kModel:
        if (std::exchange(seen_model_, true)) {
          facts_.has_model = false;
          facts_.model.clear();
          return PeekStatus::kDuplicateModel;
        }
        return plain ? PeekStatus::kComplete : PeekStatus::kModelNotString;
      case Field::kStream:
        if (std::exchange(seen_stream_, true)) return PeekStatus::kDuplicateStream;
        return plain ? PeekStatus::kComplete : PeekStatus::kStreamNotBool;
    }
    return PeekStatus::kComplete;
  }

  // `bytes` of the part are there, its end is not.
  PeekStatus UnfinishedPart(const PartHead& part, size_t bytes) const {
    if (part.field == Field::kModel && bytes > kMaxModelBytes + delimiter_.size()) {
      return PeekStatus::kModelInvalid;
    }
    if (part.field == Field::kStream && bytes > kMaxStreamBytes + delimiter_.size()) {
      return PeekStatus::kStreamNotBool;
    }
    return EndOfInput();
  }

  PeekStatus TakeField(const PartHead& part, size_t begin, size_t end) {
    const std::string_view content = body_.substr(begin, end - begin);
    switch (part.field) {
      case Field::kOther:
        return PeekStatus::kComplete;
      case Field::kModel:
        return OnModel(content, begin);
      case Field::kStream:
        return OnStream(content);
    }
    return PeekStatus::kComplete;
  }

  PeekStatus OnModel(std::string_view content, size_t begin) {
    if (content.size() > kMaxModelBytes || !IsCleanUtf8(content)) return PeekStatus::kModelInvalid;
    facts_.model = content;
    facts_.has_model = true;
    facts_.model_begin = begin;
    facts_.model_end = begin + content.size();
    return PeekStatus::kComplete;
  }

  PeekStatus OnStream(std::string_view content) {
    if (EqualsLower(content, "true") || content == "1") {
      facts_.stream = true;
      return PeekStatus::kComplete;
    }
    const bool off = EqualsLower(content, "false") || content == "0" || content.empty();
    return off ? PeekStatus::kComplete : PeekStatus::kStreamNotBool;
  }

  const std::string_view body_;
  const bool is_whole_body_;
  BodyFacts& facts_;
  std::string delimiter_;  // with the CRLF before it
  size_t at_ = 0;
  bool seen_model_ = false;
  bool seen_stream_ = false;
};

}  // namespace

PeekStatus PeekMultipart(std::string_view content_type, std::string_view prefix, bool is_whole_body,
                         BodyFacts& out) {
  out.Clear();
  std::string boundary;
  if (!ReadBoundary(content_type, boundary)) return PeekStatus::kNotMultipart;
  return MultipartPeeker(prefix, boundary, is_whole_body, out).Run();
}

bool IsMultipartForm(std::string_view content_type) {
  return EqualsLower(ParameterReader(content_type).type(), "multipart/form-data");
}

}  // namespace llmgw::parse

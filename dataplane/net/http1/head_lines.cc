#include "dataplane/net/http1/head_lines.h"

#include <algorithm>
#include <bit>

#include "dataplane/net/http1/char_class.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace llmgw::net::http1 {
namespace {

constexpr int kMaxLeadingEmptyLines = 2;
constexpr size_t kBlock = 64;

bool IsControl(char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; }

// One bit per byte of a 64-byte block: control characters, HTAB included (it is rare, and skipped
// when met).
#if defined(__SSE2__)
uint64_t ControlMask16(const char* p) {
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i low =
      _mm_cmpeq_epi8(_mm_subs_epu8(block, _mm_set1_epi8(0x1f)), _mm_setzero_si128());
  const __m128i del = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7f));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(low, del)));
}

uint64_t ControlMask(const char* p) {
  return ControlMask16(p) | ControlMask16(p + 16) << 16 | ControlMask16(p + 32) << 32 |
         ControlMask16(p + 48) << 48;
}
#else
uint64_t ControlMask(const char* p) {
  uint64_t mask = 0;
  for (size_t i = 0; i < kBlock; ++i) mask |= uint64_t{IsControl(p[i])} << i;
  return mask;
}
#endif

class LineScanner {
 public:
  LineScanner(std::string_view bytes, size_t end, size_t max_lines, std::vector<HeaderView>& lines)
      : bytes_(bytes), end_(end), max_lines_(max_lines), lines_(lines) {}

  HeadScan Run() {
    size_t block = 0;
    for (; block + kBlock <= end_; block += kBlock) {
      uint64_t mask = ControlMask(bytes_.data() + block);
      for (; mask != 0; mask &= mask - 1) {
        if (!OnControl(block + static_cast<size_t>(std::countr_zero(mask)))) return Result();
      }
    }
    for (; block < end_; ++block) {
      if (IsControl(bytes_[block]) && !OnControl(block)) return Result();
    }
    stop_ = end_;
    return Result();
  }

 private:
  // False ends the scan.
  bool OnControl(size_t at) {
    const char c = bytes_[at];
    if (c == '\t' || at < line_begin_)
      return true;  // the second: the LF of a line end already taken
    stop_ = at;
    if (c == '\n') return Fail(HeadFault::kBareLineFeed);
    if (c != '\r') return Fail(HeadFault::kControlCharacter);
    if (at + 1 >= end_) return false;
    if (bytes_[at + 1] != '\n') return Fail(HeadFault::kControlCharacter);
    const std::string_view line = bytes_.substr(line_begin_, at - line_begin_);
    line_begin_ = at + 2;
    return OnLine(line);
  }

  bool OnLine(std::string_view line) {
    if (!scan_.has_start_line) {
      if (!line.empty()) {
        scan_.has_start_line = true;
        scan_.start_line = line;
        return true;
      }
      return ++empty_lines_ <= kMaxLeadingEmptyLines || Fail(HeadFault::kLeadingEmptyLines);
    }
    if (line.empty()) {
      scan_.status = ParseStatus::kDone;
      scan_.head_bytes = line_begin_;
      return false;
    }
    if (lines_.size() >= max_lines_) return Fail(HeadFault::kTooManyHeaders);
    lines_.push_back({line, {}, HeaderId::kOther});
    return true;
  }

  bool Fail(HeadFault fault) {
    scan_.status = ParseStatus::kError;
    scan_.fault = fault;
    return false;
  }

  HeadScan Result() {
    if (!scan_.has_start_line && stop_ > line_begin_) {
      scan_.start_line = bytes_.substr(line_begin_, stop_ - line_begin_);
    }
    return scan_;
  }

  const std::string_view bytes_;
  const size_t end_;
  const size_t max_lines_;
  std::vector<HeaderView>& lines_;
  HeadScan scan_;
  size_t line_begin_ = 0;
  size_t stop_ = 0;
  int empty_lines_ = 0;
};

}  // namespace

HeadScan ScanHead(std::string_view bytes, const HeadLimits& limits,
                  std::vector<HeaderView>& lines) {
  const size_t end = std::min(bytes.size(), limits.max_head_bytes);
  HeadScan scan = LineScanner(bytes, end, limits.max_headers, lines).Run();
  if (scan.status == ParseStatus::kNeedMore && bytes.size() > limits.max_head_bytes) {
    scan.status = ParseStatus::kError;
    scan.fault = HeadFault::kHeadTooLong;
  }
  return scan;
}

HeadFault SplitHeaderLine(std::string_view line, HeaderView& out) {
  if (line[0] == ' ' || line[0] == '\t') return HeadFault::kObsoleteLineFolding;
  const size_t length = SpanOf(kTokenChar, line);
  if (length == 0 || length == line.size() || line[length] != ':') {
    return line.find(':') == std::string_view::npos ? HeadFault::kMissingColon
                                                    : HeadFault::kBadFieldName;
  }
  size_t begin = length + 1;
  size_t end = line.size();
  while (begin < end && (line[begin] == ' ' || line[begin] == '\t')) ++begin;
  while (end > begin && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;
  out.name = line.substr(0, length);
  out.value = line.substr(begin, end - begin);
  out.id = IdOfHeader(out.name);
  return HeadFault::kNone;
}

}  // namespace llmgw::net::http1

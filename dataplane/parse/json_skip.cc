#include "dataplane/parse/json_skip.h"

#include <array>
#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace llmgw::parse {
namespace {

constexpr size_t kBlock = 64;

// One bit per byte of a 64-byte block.
struct StringMasks {
  uint64_t quotes;
  uint64_t backslashes;
};

#if defined(__SSE2__)
uint64_t EqualMask16(__m128i block, char c) {
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(c))));
}

StringMasks MasksOf(const char* p) {
  StringMasks masks{0, 0};
  for (int i = 0; i < 4; ++i) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i * 16));
    masks.quotes |= EqualMask16(block, '"') << (i * 16);
    masks.backslashes |= EqualMask16(block, '\\') << (i * 16);
  }
  return masks;
}

// True when the 16 bytes hold nothing but numbers, commas, colons and white space: what token
// arrays consist of.
bool IsPlain16(const char* p) {
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i from_plus = _mm_sub_epi8(block, _mm_set1_epi8('+'));  // + , - . / 0-9 :
  const __m128i in_range =
      _mm_cmpeq_epi8(_mm_subs_epu8(from_plus, _mm_set1_epi8(':' - '+')), _mm_setzero_si128());
  const __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('/'));
  const __m128i space = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(' ')),
                                     _mm_cmpeq_epi8(block, _mm_set1_epi8('\n')));
  return _mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(slash, in_range), space)) == 0xffff;
}
#else
StringMasks MasksOf(const char* p) {
  StringMasks masks{0, 0};
  for (size_t i = 0; i < kBlock; ++i) {
    masks.quotes |= uint64_t{p[i] == '"'} << i;
    masks.backslashes |= uint64_t{p[i] == '\\'} << i;
  }
  return masks;
}

bool IsPlain16(const char*) { return false; }
#endif

// Bytes that a backslash takes the meaning from. `carry` says whether the first byte is one, and
// then whether the next block's first is. Runs of backslashes are resolved by addition: a run that
// starts at an odd bit carries out to the other parity than one that starts at an even bit.
uint64_t EscapedBytes(uint64_t backslashes, uint64_t& carry) {
  constexpr uint64_t kEven = 0x5555555555555555u;
  backslashes &= ~carry;
  const uint64_t follows = backslashes << 1 | carry;
  const uint64_t odd_starts = backslashes & ~kEven & ~follows;
  uint64_t even_sequences;
  carry = __builtin_add_overflow(odd_starts, backslashes, &even_sequences) ? 1 : 0;
  return (kEven ^ even_sequences << 1) & follows;
}

enum ByteKind : uint8_t { kForbidden, kPlain, kQuote, kOpen, kClose };

constexpr std::array<ByteKind, 256> MakeKinds() {
  std::array<ByteKind, 256> kinds{};
  for (const char c : std::string_view("0123456789+-.eE,: \t\r\ntrufalsn")) {
    kinds[static_cast<uint8_t>(c)] = kPlain;
  }
  kinds['"'] = kQuote;
  kinds['{'] = kinds['['] = kOpen;
  kinds['}'] = kinds[']'] = kClose;
  return kinds;
}

constexpr std::array<ByteKind, 256> kKinds = MakeKinds();

// The open brackets, one bit each.
class BracketStack {
 public:
  bool Push(bool is_object) {
    if (depth_ >= kMaxDepth) return false;
    const uint64_t bit = 1ull << (depth_ % 64);
    uint64_t& word = bits_[depth_ / 64];
    word = is_object ? word | bit : word & ~bit;
    ++depth_;
    return true;
  }
  // REQUIRES: not empty.
  bool PopIs(bool is_object) {
    --depth_;
    return ((bits_[depth_ / 64] >> (depth_ % 64) & 1) != 0) == is_object;
  }
  bool empty() const { return depth_ == 0; }

 private:
  size_t depth_ = 0;
  uint64_t bits_[kMaxDepth / 64];  // written before it is read
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads the four digits of \uXXXX at `raw[at]`; -1 when they are not there.
int ReadHex4(std::string_view raw, size_t at) {
  if (at + 4 > raw.size()) return -1;
  int value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const int digit = HexDigit(raw[i]);
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

void AppendUtf8(std::string& out, uint32_t code) {
  const auto put = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

// Decodes the \u escape whose digits begin at `at`, and its second half; false when broken.
bool DecodeUnicodeEscape(std::string_view raw, size_t& at, std::string& out) {
  const int high = ReadHex4(raw, at);
  if (high < 0) return false;
  at += 4;
  uint32_t code = static_cast<uint32_t>(high);
  if (code >= 0xd800 && code < 0xe000) {
    if (code >= 0xdc00 || raw.substr(at, 2) != "\\u") return false;
    const int low = ReadHex4(raw, at + 2);
    if (low < 0xdc00 || low > 0xdfff) return false;
    code = 0x10000 + ((code - 0xd800) << 10) + (static_cast<uint32_t>(low) - 0xdc00);
    at += 6;
  }
  AppendUtf8(out, code);
  return true;
}

// Length of the well-formed sequence at text[at] (Unicode 3.9, table 3-7); 0 when it is not one.
size_t Utf8SequenceLength(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) -> uint8_t {
    return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : 0;
  };
  const auto continues = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const uint8_t low = lead == 0xe0 ? 0xa0 : 0x80;
    const uint8_t high = lead == 0xed ? 0x9f : 0xbf;
    return byte(1) >= low && byte(1) <= high && continues(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const uint8_t low = lead == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xf4 ? 0x8f : 0xbf;
    return byte(1) >= low && byte(1) <= high && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

const char* FindStringEnd(const char* p, const char* end) {
  uint64_t carry = 0;
  while (static_cast<size_t>(end - p) >= kBlock) {
    const StringMasks masks = MasksOf(p);
    uint64_t quotes = masks.quotes;
    if ((masks.backslashes | carry) != 0) quotes &= ~EscapedBytes(masks.backslashes, carry);
    if (quotes != 0) return p + std::countr_zero(quotes);
    p += kBlock;
  }
  if (carry != 0 && p < end) ++p;
  for (; p < end; ++p) {
    if (*p == '"') return p;
    if (*p == '\\' && ++p == end) break;
  }
  return nullptr;
}

SkipResult SkipNested(const char*& p, const char* end) {
  BracketStack open;
  while (p < end) {
    switch (kKinds[static_cast<uint8_t>(*p)]) {
      case kForbidden:
        return SkipResult::kBroken;
      case kPlain:
        ++p;
        while (end - p >= 16 && IsPlain16(p)) p += 16;
        break;
      case kQuote: {
        const char* close = FindStringEnd(p + 1, end);
        if (close == nullptr) return SkipResult::kEndOfInput;
        p = close + 1;
        break;
      }
      case kOpen:
        if (!open.Push(*p == '{')) return SkipResult::kTooDeep;
        ++p;
        break;
      case kClose:
        if (!open.PopIs(*p == '}')) return SkipResult::kBroken;
        ++p;
        if (open.empty()) return SkipResult::kDone;
        break;
    }
  }
  return SkipResult::kEndOfInput;
}

bool DecodeJsonString(std::string_view raw, std::string& out) {
  out.clear();
  size_t at = 0;
  while (at < raw.size()) {
    const size_t slash = raw.find('\\', at);
    out.append(raw.substr(at, slash - at));
    if (slash == std::string_view::npos) return true;
    if (slash + 1 >= raw.size()) return false;
    const char kind = raw[slash + 1];
    at = slash + 2;
    constexpr std::string_view kKindsOfEscape = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const size_t i = kKindsOfEscape.find(kind); i != std::string_view::npos) {
      out += kMeanings[i];
    } else if (kind != 'u' || !DecodeUnicodeEscape(raw, at, out)) {
      return false;
    }
  }
  return true;
}

bool IsCleanUtf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const uint8_t c = static_cast<uint8_t>(text[at]);
    if (c < 0x20 || c == 0x7f) return false;
    const size_t length = Utf8SequenceLength(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace llmgw::parse

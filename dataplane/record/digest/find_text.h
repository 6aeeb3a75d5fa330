#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace llmgw::record {

// std::string_view::find for a short needle, several times faster: compares the needle's first and
// last byte at 16 places at once, and the whole only where both agree. Every event of every stream
// is searched, so this is the cost of a digest. Internal to this folder. REQUIRES: needle is not
// empty.
inline size_t FindText(std::string_view text, std::string_view needle, size_t from = 0) {
  size_t at = from;
#if defined(__SSE2__)
  const size_t last = needle.size() - 1;
  const __m128i first_byte = _mm_set1_epi8(needle[0]);
  const __m128i last_byte = _mm_set1_epi8(needle[last]);
  for (; at + last + 16 <= text.size(); at += 16) {
    const char* p = text.data() + at;
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + last));
    uint32_t mask = static_cast<uint32_t>(_mm_movemask_epi8(
        _mm_and_si128(_mm_cmpeq_epi8(a, first_byte), _mm_cmpeq_epi8(b, last_byte))));
    for (; mask != 0; mask &= mask - 1) {
      const size_t hit = at + static_cast<size_t>(std::countr_zero(mask));
      if (text.substr(hit, needle.size()) == needle) return hit;
    }
  }
#endif
  return text.find(needle, at);
}

// Position of the first CR or LF, or npos.
inline size_t FindLineEnd(std::string_view text) {
  size_t at = 0;
#if defined(__SSE2__)
  const __m128i cr = _mm_set1_epi8('\r');
  const __m128i lf = _mm_set1_epi8('\n');
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const uint32_t mask = static_cast<uint32_t>(
        _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(block, cr), _mm_cmpeq_epi8(block, lf))));
    if (mask != 0) return at + static_cast<size_t>(std::countr_zero(mask));
  }
#endif
  for (; at < text.size(); ++at) {
    if (text[at] == '\r' || text[at] == '\n') return at;
  }
  return std::string_view::npos;
}

// Position of the first byte at or after `from` that is not JSON white space.
inline size_t SkipJsonSpace(std::string_view text, size_t from) {
  while (from < text.size() &&
         (text[from] == ' ' || text[from] == '\n' || text[from] == '\r' || text[from] == '\t')) {
    ++from;
  }
  return from;
}

// The position of the value of the key (given with its quotes) that stands at or after `from`; npos
// when there is none. `from` moves behind the key.
inline size_t FindJsonValue(std::string_view json, std::string_view quoted_key, size_t& from) {
  while (true) {
    const size_t key = FindText(json, quoted_key, from);
    if (key == std::string_view::npos) return key;
    from = key + quoted_key.size();
    const size_t colon = SkipJsonSpace(json, from);
    if (colon >= json.size() || json[colon] != ':') continue;
    const size_t value = SkipJsonSpace(json, colon + 1);
    if (value < json.size()) return value;
  }
}

}  // namespace llmgw::record

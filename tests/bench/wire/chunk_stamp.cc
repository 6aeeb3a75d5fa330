#include "tests/bench/wire/chunk_stamp.h"

#include <charconv>
#include <cstring>

namespace llmgw::bench {
namespace {

// Takes "NAME=<number>" off the front of `text`.
std::optional<uint32_t> TakeField(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

}  // namespace

void PrintDigits(uint64_t value, size_t digits, char* out) {
  for (size_t i = digits; i > 0; --i) {
    out[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

std::optional<uint64_t> ReadDigits(std::string_view text, size_t digits) {
  uint64_t value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

void ChunkStamp::Print(char* out) const {
  std::memcpy(out, kMark.data(), kMark.size());
  out += kMark.size();
  PrintDigits(sequence, kSequenceDigits, out);
  out[kSequenceDigits] = '-';
  PrintDigits(static_cast<uint64_t>(sent), kSentDigits, out + kSequenceDigits + 1);
}

std::optional<ChunkStamp> ChunkStamp::Find(std::string_view text) {
  const size_t at = text.find(kMark);
  if (at == std::string_view::npos || text.size() - at < kSize) return std::nullopt;
  text.remove_prefix(at + kMark.size());
  const auto sequence = ReadDigits(text, kSequenceDigits);
  const auto sent = ReadDigits(text.substr(kSequenceDigits + 1), kSentDigits);
  if (!sequence || !sent) return std::nullopt;
  return ChunkStamp{static_cast<uint32_t>(*sequence), static_cast<int64_t>(*sent)};
}

std::string StreamPlan::Print() const {
  return "chunks=" + std::to_string(chunks) + ";interval_us=" + std::to_string(interval_us);
}

std::optional<StreamPlan> StreamPlan::Parse(std::string_view text) {
  const auto chunks = TakeField(text, "chunks=");
  const auto interval = TakeField(text, ";interval_us=");
  if (!chunks || !interval || !text.empty() || *chunks == 0) return std::nullopt;
  return StreamPlan{*chunks, *interval};
}

}  // namespace llmgw::bench

#include <cstdio>
#include <string>
#include <string_view>

#include "dataplane/net/http1/chunk_decoder.h"
#include "tests/fuzz/check.h"

using namespace llmgw::net::http1;

namespace {

constexpr ChunkLimits kLimits{.max_extension_bytes = 20, .max_trailer_bytes = 60};

struct Decoded {
  ParseStatus status = ParseStatus::kNeedMore;
  ChunkFault fault = ChunkFault::kNone;
  std::string payload;
  std::string trailers;
  size_t consumed = 0;

  bool operator==(const Decoded&) const = default;
};

Decoded Decode(std::string_view bytes, size_t step, ChunkLimits limits = kLimits) {
  ChunkDecoder decoder(limits);
  Decoded result;
  while (!bytes.empty() && result.status == ParseStatus::kNeedMore) {
    const std::string piece(bytes.substr(0, step));
    bytes.remove_prefix(piece.size());
    std::string_view rest = piece;
    while (!rest.empty() && result.status == ParseStatus::kNeedMore) {
      const ChunkDecoder::Step next = decoder.Next(rest);
      FUZZ_CHECK(next.consumed <= rest.size());
      FUZZ_CHECK(next.consumed > 0 || next.status == ParseStatus::kError);
      FUZZ_CHECK(next.data.empty() ||
                 (next.data.data() >= rest.data() &&
                  next.data.data() + next.data.size() == rest.data() + next.consumed));
      result.payload += next.data;
      result.consumed += next.consumed;
      result.status = next.status;
      rest.remove_prefix(next.consumed);
    }
  }
  FUZZ_CHECK(decoder.done() == (result.status == ParseStatus::kDone));
  result.fault = decoder.fault();
  result.trailers = decoder.trailers();
  return result;
}

// An accepted body, written again in the plainest form, decodes to the same.
void CheckRewritten(const Decoded& decoded) {
  std::string plain;
  char size_line[32];
  if (!decoded.payload.empty()) {
    std::snprintf(size_line, sizeof size_line, "%zx\r\n", decoded.payload.size());
    plain.append(size_line).append(decoded.payload).append("\r\n");
  }
  plain.append("0\r\n").append(decoded.trailers).append("\r\n");
  const Decoded again = Decode(plain, plain.size());
  FUZZ_CHECK(again.status == ParseStatus::kDone && again.payload == decoded.payload &&
             again.trailers == decoded.trailers && again.consumed == plain.size());
}

// What was forwarded of a body that broke off, repaired and ended, is a whole body: the payload so
// far and nothing but line feeds behind it.
void CheckRepair(std::string_view bytes, const Decoded& decoded) {
  constexpr uint64_t kMostFiller = 100;
  ChunkDecoder decoder(kLimits);
  for (std::string_view rest = bytes; !rest.empty();) {
    const ChunkDecoder::Step step = decoder.Next(rest);
    rest.remove_prefix(step.consumed);
    if (step.status == ParseStatus::kError) break;
  }
  std::string repaired(bytes.substr(0, decoded.consumed));
  if (!decoder.AppendRepair(repaired, kMostFiller)) {
    FUZZ_CHECK(repaired.size() == decoded.consumed);
    return;
  }
  repaired += "0\r\n\r\n";
  // The repair may end an extension that was as long as allowed already.
  ChunkLimits wider = kLimits;
  wider.max_extension_bytes += 2;
  const Decoded again = Decode(repaired, repaired.size(), wider);
  FUZZ_CHECK(again.status == ParseStatus::kDone && again.consumed == repaired.size());
  FUZZ_CHECK(again.payload.starts_with(decoded.payload));
  const std::string_view filler = std::string_view(again.payload).substr(decoded.payload.size());
  FUZZ_CHECK(filler.size() <= kMostFiller);
  FUZZ_CHECK(filler.find_first_not_of('\n') == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 2000) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Decoded whole = Decode(bytes, size);
  for (const size_t step : {size_t{1}, size_t{2}, size_t{3}, size_t{5}, size / 2 + 1}) {
    FUZZ_CHECK(Decode(bytes, step) == whole);
  }
  if (whole.status == ParseStatus::kDone) {
    CheckRewritten(whole);
  } else {
    CheckRepair(bytes, whole);
  }
  return 0;
}

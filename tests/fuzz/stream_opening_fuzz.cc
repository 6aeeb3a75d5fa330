#include <string>
#include <string_view>

#include "dataplane/forward/stream_opening.h"
#include "tests/fuzz/check.h"

using llmgw::forward::AnswerKind;
using llmgw::forward::StreamOpening;
using llmgw::net::http1::BodyFraming;

namespace {

struct Seen {
  StreamOpening::Verdict verdict;
  int status;
  bool operator==(const Seen&) const = default;
};

Seen Look(AnswerKind kind, BodyFraming framing, std::string_view raw, size_t step) {
  StreamOpening opening(kind, framing, raw.size());
  StreamOpening::Verdict verdict = StreamOpening::Verdict::kUndecided;
  for (size_t at = 0; at < raw.size() && verdict == StreamOpening::Verdict::kUndecided; at += step)
    verdict = opening.Look(std::string(raw.substr(at, step)));
  if (verdict == StreamOpening::Verdict::kUndecided) verdict = opening.AtClose();
  if (verdict == StreamOpening::Verdict::kError)
    FUZZ_CHECK(opening.status() >= 400 && opening.status() < 600);
  return {verdict, opening.status()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 4000) return 0;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  for (const AnswerKind kind : {AnswerKind::kEvents, AnswerKind::kJson}) {
    for (const BodyFraming framing :
         {BodyFraming::kUntilClose, BodyFraming::kChunked, BodyFraming::kLength}) {
      const Seen whole = Look(kind, framing, raw, size + 1);
      for (const size_t step : {size_t{1}, size_t{2}, size_t{7}, size / 2 + 1})
        FUZZ_CHECK(Look(kind, framing, raw, step) == whole);
    }
  }
  return 0;
}

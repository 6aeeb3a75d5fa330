#include <string>
#include <string_view>

#include "dataplane/parse/json_skip.h"
#include "dataplane/parse/multipart_peek.h"
#include "tests/fuzz/check.h"

using namespace llmgw::parse;

namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=B";

size_t Count(std::string_view text, std::string_view needle) {
  size_t count = 0;
  for (size_t at = text.find(needle); at != std::string_view::npos;
       at = text.find(needle, at + 1)) {
    ++count;
  }
  return count;
}

// Rules that hold of every body that was read to its end, found by plain searching.
void CheckComplete(std::string_view body, const BodyFacts& facts) {
  FUZZ_CHECK(body.starts_with("--B\r\n") || body.starts_with("--B--"));
  FUZZ_CHECK(body.ends_with("--B--") || body.ends_with("--B--\r") || body.ends_with("--B--\r\n"));
  FUZZ_CHECK(Count(body, "\r\n--B--") + body.starts_with("--B--") == 1);
  if (!facts.has_model) return;
  const std::string_view span = body.substr(facts.model_begin, facts.model_end - facts.model_begin);
  FUZZ_CHECK(span == facts.model && IsCleanUtf8(span));
  FUZZ_CHECK(body.substr(facts.model_begin - 4, 4) == "\r\n\r\n");
  FUZZ_CHECK(body.substr(facts.model_end, 5) == "\r\n--B");
}

}  // namespace

// Input: the first line is the content type (empty: the usual one, with boundary B), the rest is
// the body.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 3000) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  const bool usual = line == 0;
  const std::string_view type = usual ? kType : input.substr(0, line);
  const std::string_view body = input.substr(line + 1);
  BodyFacts facts;
  const PeekStatus whole = PeekMultipart(type, body, true, facts);
  FUZZ_CHECK(whole != PeekStatus::kNeedMore);
  if (usual && whole == PeekStatus::kComplete) CheckComplete(body, facts);
  for (size_t length = 0; length <= body.size(); ++length) {
    const std::string prefix(body.substr(0, length));
    BodyFacts early;
    const PeekStatus status = PeekMultipart(type, prefix, false, early);
    if (status == PeekStatus::kNeedMore) continue;
    const bool form_ended = status == PeekStatus::kComplete && whole == PeekStatus::kNotMultipart;
    FUZZ_CHECK(status == whole || form_ended);
  }
  return 0;
}

#include <string>
#include <string_view>

#include "dataplane/net/http1/head_parser.h"
#include "tests/fuzz/check.h"

using namespace llmgw::net::http1;

namespace {

// Small, so that inputs of a few hundred bytes reach them.
constexpr HeadLimits kLimits{.max_head_bytes = 600, .max_headers = 12, .max_target_bytes = 60};

struct Outcome {
  ParseStatus status;
  HeadFault fault;
};

// What an accepted request may never contain: the rules that smuggling breaks, written down
// independently of the parser.
void CheckAccepted(std::string_view bytes, const RequestHead& head) {
  FUZZ_CHECK(head.head_bytes <= bytes.size() && head.head_bytes <= kLimits.max_head_bytes);
  const std::string_view raw = bytes.substr(0, head.head_bytes);
  FUZZ_CHECK(raw.ends_with("\r\n\r\n"));
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\n') FUZZ_CHECK(i > 0 && raw[i - 1] == '\r');
    if (raw[i] == '\r') FUZZ_CHECK(raw[i + 1] == '\n');
    FUZZ_CHECK(raw[i] != '\0');
  }
  size_t hosts = 0, lengths = 0, codings = 0;
  for (const HeaderView& header : head.headers) {
    FUZZ_CHECK(!header.name.empty() &&
               header.name.find_first_of(" \t:\r\n") == std::string_view::npos);
    FUZZ_CHECK(header.value.find_first_of("\r\n") == std::string_view::npos);
    hosts += EqualsIgnoreCase(header.name, "host");
    lengths += EqualsIgnoreCase(header.name, "content-length");
    codings += EqualsIgnoreCase(header.name, "transfer-encoding");
    FUZZ_CHECK(IdOfHeader(header.name) == header.id);
  }
  FUZZ_CHECK(hosts == 1 || (hosts == 0 && head.minor_version == 0));
  FUZZ_CHECK(lengths + codings <= 1);
  FUZZ_CHECK((head.framing == BodyFraming::kChunked) == (codings == 1));
  FUZZ_CHECK((head.framing == BodyFraming::kLength) == (lengths == 1));
  if (lengths == 1) {
    FUZZ_CHECK(std::to_string(head.content_length) == head.Find(HeaderId::kContentLength)->value);
  }
  if (codings == 1) {
    FUZZ_CHECK(EqualsIgnoreCase(head.Find(HeaderId::kTransferEncoding)->value, "chunked"));
  }
  FUZZ_CHECK(head.headers.size() <= kLimits.max_headers);
  FUZZ_CHECK(!head.OriginForm().empty());
}

Outcome ParseAsRequest(std::string_view bytes) {
  RequestHead head;
  HeadFault fault = HeadFault::kNone;
  const ParseStatus status = ParseRequestHead(bytes, kLimits, head, fault);
  FUZZ_CHECK((status == ParseStatus::kError) == (fault != HeadFault::kNone));
  if (status == ParseStatus::kDone) CheckAccepted(bytes, head);
  return {status, fault};
}

Outcome ParseAsResponse(std::string_view bytes) {
  ResponseHead head;
  HeadFault fault = HeadFault::kNone;
  const ParseStatus status = ParseResponseHead(bytes, kLimits, "GET", head, fault);
  FUZZ_CHECK((status == ParseStatus::kError) == (fault != HeadFault::kNone));
  if (status == ParseStatus::kDone) FUZZ_CHECK(head.status >= 100 && head.status <= 999);
  return {status, fault};
}

// However the bytes arrive, the first definite answer is the answer to all of them.
template <class Parse>
void CheckCuts(std::string_view bytes, Parse&& parse) {
  const Outcome whole = parse(bytes);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const std::string prefix(bytes.substr(0, size));  // exactly that long, for the sanitizer
    const Outcome outcome = parse(prefix);
    if (outcome.status == ParseStatus::kNeedMore) continue;
    FUZZ_CHECK(outcome.status == whole.status && outcome.fault == whole.fault);
    return;
  }
  FUZZ_CHECK(whole.status == ParseStatus::kNeedMore);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size > 2000) return 0;
  CheckCuts(bytes, ParseAsRequest);
  CheckCuts(bytes, ParseAsResponse);
  return 0;
}

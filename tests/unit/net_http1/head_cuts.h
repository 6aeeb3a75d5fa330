#pragma once

#include <string>
#include <string_view>

#include "dataplane/net/http1/head_parser.h"

// Feeding heads as a connection does: growing, in any cut. Shared by the tests of this folder.
namespace llmgw::net::http1 {

struct Outcome {
  ParseStatus status;
  HeadFault fault;

  bool operator==(const Outcome&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << "status " << static_cast<int>(outcome.status) << ", " << Slug(outcome.fault);
}

// Calls parse(prefix) for ever longer prefixes, `step` bytes at a time, until it no longer wants
// more. The prefix is a copy of exactly that length, so that the sanitizer sees a read beyond it.
template <class Parse>
Outcome ParseGrowing(std::string_view bytes, size_t step, Parse&& parse) {
  for (size_t size = 0;; size += step) {
    const std::string prefix(bytes.substr(0, size));
    const Outcome outcome = parse(std::string_view(prefix));
    if (outcome.status != ParseStatus::kNeedMore || size >= bytes.size()) return outcome;
  }
}

inline Outcome ParseRequest(std::string_view bytes, const HeadLimits& limits = {}) {
  RequestHead head;
  HeadFault fault = HeadFault::kNone;
  const ParseStatus status = ParseRequestHead(bytes, limits, head, fault);
  return {status, fault};
}

inline Outcome ParseResponse(std::string_view bytes, std::string_view method = "POST") {
  ResponseHead head;
  HeadFault fault = HeadFault::kNone;
  const ParseStatus status = ParseResponseHead(bytes, {}, method, head, fault);
  return {status, fault};
}

}  // namespace llmgw::net::http1

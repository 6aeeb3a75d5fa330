#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dataplane/net/http1/header.h"

namespace llmgw::net::http1 {

// How the end of the message's body is found (RFC 9112 6.3).
enum class BodyFraming : uint8_t {
  kNone,
  kLength,  // content_length bytes, possibly 0
  kChunked,
  kUntilClose,  // responses only
};

enum class ParseStatus : uint8_t { kDone, kNeedMore, kError };

struct HeadLimits {
  size_t max_head_bytes = 32 * 1024;   // start line and headers with the empty line; beyond it 431
  size_t max_headers = 128;            // beyond it 431
  size_t max_target_bytes = 8 * 1024;  // request target; beyond it 414
};

// Why a head was refused. One value per rule, so that a log line names the rule.
enum class HeadFault : uint8_t {
  kNone,
  kLeadingEmptyLines,     // more than two empty lines before the start line
  kControlCharacter,      // NUL, DEL or another control character anywhere, or a CR without LF
  kBareLineFeed,          // LF without CR
  kBadRequestLine,        // not "method SP target SP version"
  kBadMethod,             // not an upper-case token of at most 32 characters
  kMethodNotImplemented,  // CONNECT and TRACE
  kBadTarget,  // not origin-form, absolute http(s) form, or "*" for OPTIONS; a dot segment
  kTargetTooLong,
  kBadVersion,           // not of the form HTTP/d.d
  kVersionNotSupported,  // well-formed, but neither 1.0 nor 1.1
  kBadStatusLine,        // responses
  kHeadTooLong,
  kTooManyHeaders,
  kObsoleteLineFolding,
  kMissingColon,
  kBadFieldName,  // also whitespace before the colon, an empty name, or Content_Length and the like
  kMissingHost,
  kRepeatedHost,
  kBadHost,
  kBadContentLength,
  kConflictingContentLength,  // repeated (requests), or different values (responses)
  kContentLengthWithTransferEncoding,
  kTransferEncodingInHttp10,
  kBadTransferEncoding,      // ambiguous: repeated, chunked not last, odd spacing, not a token
  kUnknownTransferEncoding,  // well-formed, but a coding that this gateway does not speak
  kUnknownExpectation,
};

// Status to answer a refused request with: 400, 414, 417, 431, 501 or 505. REQUIRES: fault is not
// kNone.
int HttpStatus(HeadFault fault);

// Stable lower_case slug for error bodies, logs and metrics ("conflicting_content_length").
std::string_view Slug(HeadFault fault);

// A parsed request head. Holds views into the bytes it was parsed from: it is valid while they stay
// where they are (see Rebase). Meant to be reused for the next request of a connection: Clear and
// the parser keep the capacity of `headers`.
struct RequestHead {
  std::string_view method;
  std::string_view target;  // as sent; OriginForm() is what to route on
  uint8_t minor_version = 1;
  std::vector<HeaderView> headers;
  BodyFraming framing = BodyFraming::kNone;
  uint64_t content_length = 0;  // kLength only, else 0
  bool keep_alive = true;       // the client lets the connection be used again
  bool expect_continue = false;
  bool upgrade = false;   // Upgrade is present and named by Connection
  size_t head_bytes = 0;  // bytes to consume: from the start of the input through the empty line

  // The first header with this id, or null.
  const HeaderView* Find(HeaderId id) const;

  // Path and query: `target` without scheme and authority; "*" for OPTIONS *.
  std::string_view OriginForm() const;

  // The host asked for, possibly with a port: that of an absolute target, else the Host header
  // (RFC 9112 3.2.2); empty when there is neither.
  std::string_view Host() const;

  void Clear();

  // The bytes were moved from `from` to `to` (both name the same byte): moves all views along.
  void Rebase(const char* from, const char* to);
};

// A parsed response head; views as in RequestHead.
struct ResponseHead {
  int status = 0;
  std::string_view reason;  // possibly empty
  uint8_t minor_version = 1;
  std::vector<HeaderView> headers;
  BodyFraming framing = BodyFraming::kNone;
  uint64_t content_length = 0;  // also set for HEAD and 304, whose framing is kNone
  bool keep_alive = true;       // the connection may be used again once the body has ended
  size_t head_bytes = 0;

  const HeaderView* Find(HeaderId id) const;
  void Clear();
  void Rebase(const char* from, const char* to);
};

}  // namespace llmgw::net::http1

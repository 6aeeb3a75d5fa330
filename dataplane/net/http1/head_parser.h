#pragma once

#include <string_view>

#include "dataplane/net/http1/head.h"

// HTTP/1.x heads, by RFC 9112 and stricter: where the RFC lets a recipient repair a doubtful
// message this parser refuses it, because a repaired message is one that the next hop may read
// differently (request smuggling). Pure functions: no I/O, no locks, no allocation once the head's
// header vector has grown to its usual size.
//
// All functions are called again from the start of the head as more bytes arrive. Faults are found
// as early as the bytes allow and do not depend on how the input was cut. Nothing beyond the head
// is read.
namespace llmgw::net::http1 {

// Parses a request head at the start of `bytes`.
//   kDone      `out` is filled; consume out.head_bytes. Up to two empty lines before the request
//   line are skipped and counted in. kNeedMore  the head is incomplete and so far acceptable; `out`
//   is unspecified. kError     `fault` says why; answer HttpStatus(fault) and close: the
//   connection's framing is lost.
ParseStatus ParseRequestHead(std::string_view bytes, const HeadLimits& limits, RequestHead& out,
                             HeadFault& fault);

// Parses a response head at the start of `bytes`, for a request made with `request_method`. As
// above; differences:
//   - responses to HEAD, and 1xx, 204 and 304, have framing kNone;
//   - a 1xx is returned as kDone with status < 200: the caller consumes it and parses the next head
//   (101 included: whether it was asked for is GrantsSwitch's to say, upgrade.h);
//   - identical repeated Content-Length headers are accepted; a repeated one with another value, or
//   one beside Transfer-Encoding, is not;
//   - the reason phrase may be empty or missing together with its space;
//   - limits.max_target_bytes is not used.
ParseStatus ParseResponseHead(std::string_view bytes, const HeadLimits& limits,
                              std::string_view request_method, ResponseHead& out, HeadFault& fault);

}  // namespace llmgw::net::http1

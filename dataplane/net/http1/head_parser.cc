#include "dataplane/net/http1/head_parser.h"

#include "dataplane/net/http1/char_class.h"
#include "dataplane/net/http1/control_headers.h"
#include "dataplane/net/http1/head_lines.h"
#include "dataplane/net/http1/start_line.h"

namespace llmgw::net::http1 {
namespace {

// A request line that outgrows the target limit by more than method and version can need is too
// long before it is complete.
constexpr size_t kRequestLineSlack = 64;

HeadFault ParseRequestLine(std::string_view line, const HeadLimits& limits, RequestHead& out) {
  if (!Is(kTokenChar, line[0])) return HeadFault::kBadMethod;
  if (line.size() > limits.max_target_bytes + kRequestLineSlack) return HeadFault::kTargetTooLong;
  const size_t first = line.find(' ');
  if (first == std::string_view::npos) return HeadFault::kBadRequestLine;
  out.method = line.substr(0, first);
  if (const HeadFault fault = CheckMethod(out.method); fault != HeadFault::kNone) return fault;
  const size_t last = line.rfind(' ');
  if (last == first || last == first + 1) return HeadFault::kBadRequestLine;
  out.target = line.substr(first + 1, last - first - 1);
  if (out.target.size() > limits.max_target_bytes) return HeadFault::kTargetTooLong;
  // Before the target: the HTTP/2 preface ("PRI * HTTP/2.0") is best told what is wrong with it.
  const HeadFault fault = ReadVersion(line.substr(last + 1), out.minor_version);
  if (fault != HeadFault::kNone) return fault;
  return IsTarget(out.target, out.method) ? HeadFault::kNone : HeadFault::kBadTarget;
}

// What there is of a request line that is not complete yet, or broke off.
HeadFault CheckPartialRequestLine(std::string_view line, const HeadLimits& limits) {
  if (line.empty()) return HeadFault::kNone;
  if (!Is(kTokenChar, line[0])) return HeadFault::kBadMethod;
  return line.size() > limits.max_target_bytes + kRequestLineSlack ? HeadFault::kTargetTooLong
                                                                   : HeadFault::kNone;
}

HeadFault CheckHost(const ControlHeaders& control, uint8_t minor_version) {
  if (control.host == nullptr) {
    return minor_version == 0 ? HeadFault::kNone : HeadFault::kMissingHost;
  }
  if (control.repeated_host) return HeadFault::kRepeatedHost;
  return IsHostAndPort(control.host->value) ? HeadFault::kNone : HeadFault::kBadHost;
}

HeadFault ParseRequestHeaders(RequestHead& out) {
  ControlHeaders control;
  HeadFault fault = SplitLines(out.headers, control);
  if (fault != HeadFault::kNone) return fault;
  fault = CheckHost(control, out.minor_version);
  if (fault != HeadFault::kNone) return fault;
  // A client that repeats itself is refused even when it agrees with itself (RFC 9110 8.6 allows
  // either).
  if (control.repeated_content_length) return HeadFault::kConflictingContentLength;
  fault = ReadFraming(control, out.minor_version, out.framing, out.content_length);
  if (fault != HeadFault::kNone) return fault;

  const bool http11 = out.minor_version == 1;
  out.keep_alive = http11;
  if (control.connection) {
    const ConnectionTokens tokens(out.headers);
    out.keep_alive = !tokens.close() && (http11 || tokens.keep_alive());
    out.upgrade = http11 && control.upgrade && tokens.upgrade();
  }
  if (control.expect != nullptr && http11) {  // RFC 9110 10.1.1: ignored from a 1.0 client
    if (!EqualsIgnoreCase(control.expect->value, "100-continue")) {
      return HeadFault::kUnknownExpectation;
    }
    out.expect_continue = true;
  }
  return HeadFault::kNone;
}

HeadFault ParseStatusLine(std::string_view line, ResponseHead& out) {
  const size_t space = line.find(' ');
  const HeadFault fault = ReadVersion(line.substr(0, space), out.minor_version);
  if (fault != HeadFault::kNone) return fault;
  if (space == std::string_view::npos) return HeadFault::kBadStatusLine;
  const std::string_view rest = line.substr(space + 1);
  if (rest.size() < 3 || (rest.size() > 3 && rest[3] != ' ')) return HeadFault::kBadStatusLine;
  int status = 0;
  for (size_t i = 0; i < 3; ++i) {
    if (rest[i] < '0' || rest[i] > '9') return HeadFault::kBadStatusLine;
    status = status * 10 + (rest[i] - '0');
  }
  if (status < 100) return HeadFault::kBadStatusLine;
  out.status = status;
  out.reason = rest.size() > 4 ? rest.substr(4) : std::string_view();
  return HeadFault::kNone;
}

HeadFault ParseResponseHeaders(std::string_view request_method, ResponseHead& out) {
  ControlHeaders control;
  HeadFault fault = SplitLines(out.headers, control);
  if (fault != HeadFault::kNone) return fault;
  if (control.conflicting_content_length) return HeadFault::kConflictingContentLength;
  out.framing = BodyFraming::kUntilClose;
  fault = ReadFraming(control, out.minor_version, out.framing, out.content_length);
  if (fault != HeadFault::kNone) return fault;

  const bool never_body = out.status < 200 || out.status == 204;
  // A body announced where there can be none may follow all the same: such a connection is not
  // used again.
  const bool announced = out.framing == BodyFraming::kChunked || out.content_length != 0;
  if (never_body || out.status == 304 || request_method == "HEAD") out.framing = BodyFraming::kNone;
  const bool ends_by_itself = out.framing != BodyFraming::kUntilClose && !(never_body && announced);
  out.keep_alive = ends_by_itself && out.minor_version == 1;
  if (control.connection) {
    const ConnectionTokens tokens(out.headers);
    out.keep_alive =
        ends_by_itself && !tokens.close() && (out.minor_version == 1 || tokens.keep_alive());
  }
  return HeadFault::kNone;
}

}  // namespace

ParseStatus ParseRequestHead(std::string_view bytes, const HeadLimits& limits, RequestHead& out,
                             HeadFault& fault) {
  out.Clear();
  const HeadScan scan = ScanHead(bytes, limits, out.headers);
  // The request line is judged as soon as it is there, and before anything that follows it, so that
  // the answer does not depend on the cut.
  fault = scan.has_start_line ? ParseRequestLine(scan.start_line, limits, out)
                              : CheckPartialRequestLine(scan.start_line, limits);
  if (fault != HeadFault::kNone) return ParseStatus::kError;
  if (scan.status != ParseStatus::kDone) {
    fault = scan.fault;
    return scan.status;
  }
  fault = ParseRequestHeaders(out);
  out.head_bytes = scan.head_bytes;
  return fault == HeadFault::kNone ? ParseStatus::kDone : ParseStatus::kError;
}

ParseStatus ParseResponseHead(std::string_view bytes, const HeadLimits& limits,
                              std::string_view request_method, ResponseHead& out,
                              HeadFault& fault) {
  out.Clear();
  const HeadScan scan = ScanHead(bytes, limits, out.headers);
  fault = HeadFault::kNone;
  if (scan.has_start_line) {
    fault = ParseStatusLine(scan.start_line, out);
  } else {
    // Whatever does not begin as a status line is not going to become one.
    constexpr std::string_view kBegin = "HTTP/";
    const std::string_view begin = scan.start_line.substr(0, kBegin.size());
    if (begin != kBegin.substr(0, begin.size())) fault = HeadFault::kBadVersion;
  }
  if (fault != HeadFault::kNone) return ParseStatus::kError;
  if (scan.status != ParseStatus::kDone) {
    fault = scan.fault;
    return scan.status;
  }
  fault = ParseResponseHeaders(request_method, out);
  out.head_bytes = scan.head_bytes;
  return fault == HeadFault::kNone ? ParseStatus::kDone : ParseStatus::kError;
}

}  // namespace llmgw::net::http1

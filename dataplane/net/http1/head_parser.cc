#include "dataplane/net/http1/head_parser.h"

#include <algorithm>

#include "dataplane/net/http1/char_class.h"
#include "dataplane/net/http1/head_lines.h"

namespace llmgw::net::http1 {
namespace {

constexpr size_t kMaxMethodBytes = 32;
// A request line that outgrows the target limit by more than method and version can need is too
// long before it is complete.
constexpr size_t kRequestLineSlack = 64;
constexpr uint64_t kMaxContentLength = INT64_MAX;  // what every next hop can still count

// The headers that decide framing and connection, as found while splitting the lines.
struct ControlHeaders {
  const HeaderView* host = nullptr;
  const HeaderView* content_length = nullptr;
  const HeaderView* transfer_encoding = nullptr;
  const HeaderView* expect = nullptr;
  bool repeated_host = false;
  bool repeated_content_length = false;
  bool conflicting_content_length = false;
  bool repeated_transfer_encoding = false;
  bool odd_framing_whitespace = false;
  bool connection = false;
  bool upgrade = false;
};

// CGI-style servers turn '-' and '_' into the same thing, and would take these for the headers that
// frame the message.
bool LooksLikeFraming(std::string_view name) {
  return name.find('_') != std::string_view::npos &&
         (EqualsIgnoreCase(name, "content_length") || EqualsIgnoreCase(name, "transfer_encoding"));
}

// Splits all lines in place and notes the control headers.
HeadFault SplitLines(std::vector<HeaderView>& headers, ControlHeaders& control) {
  for (HeaderView& header : headers) {
    const std::string_view line = header.name;
    if (const HeadFault fault = SplitHeaderLine(line, header); fault != HeadFault::kNone) {
      return fault;
    }
    switch (header.id) {
      case HeaderId::kHost:
        control.repeated_host |= control.host != nullptr;
        control.host = &header;
        break;
      case HeaderId::kContentLength:
        if (control.content_length != nullptr) {
          control.repeated_content_length = true;
          control.conflicting_content_length |= control.content_length->value != header.value;
        }
        control.content_length = &header;
        control.odd_framing_whitespace |= line.find('\t') != std::string_view::npos;
        break;
      case HeaderId::kTransferEncoding: {
        // Tabs and padding around a coding are legal and a classic: one hop trims them, the next
        // does not and sees another coding.
        const size_t before = static_cast<size_t>(header.value.data() - line.data());
        const bool padded = before > header.name.size() + 2 ||
                            before + header.value.size() != line.size() ||
                            line.find('\t') != std::string_view::npos;
        control.odd_framing_whitespace |= padded;
        control.repeated_transfer_encoding |= control.transfer_encoding != nullptr;
        control.transfer_encoding = &header;
        break;
      }
      case HeaderId::kConnection:
        control.connection = true;
        break;
      case HeaderId::kUpgrade:
        control.upgrade = true;
        break;
      case HeaderId::kExpect:
        control.expect = &header;
        break;
      case HeaderId::kOther:
        if (LooksLikeFraming(header.name)) return HeadFault::kBadFieldName;
        break;
      default:
        break;
    }
  }
  return HeadFault::kNone;
}

bool ParseContentLength(std::string_view text, uint64_t& out) {
  if (text.empty() || text.size() > 19 || (text.size() > 1 && text[0] == '0')) return false;
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  out = value;
  return value <= kMaxContentLength;
}

bool ContainsChunked(std::string_view token) {
  constexpr std::string_view kChunked = "chunked";
  for (size_t i = 0; i + kChunked.size() <= token.size(); ++i) {
    if (EqualsIgnoreCase(token.substr(i, kChunked.size()), kChunked)) return true;
  }
  return false;
}

// Only exactly "chunked" is spoken here. A list of plain tokens that could mean one thing only is
// "unknown"; everything else is "bad".
HeadFault ClassifyTransferEncoding(std::string_view list) {
  if (EqualsIgnoreCase(list, "chunked")) return HeadFault::kNone;
  bool first = true;
  while (true) {
    const size_t comma = list.find(',');
    const std::string_view token = list.substr(0, comma);
    if (token.empty() || !IsAll(kTokenChar, token)) return HeadFault::kBadTransferEncoding;
    const bool last = comma == std::string_view::npos;
    if (ContainsChunked(token) && !(last && EqualsIgnoreCase(token, "chunked"))) {
      return HeadFault::kBadTransferEncoding;
    }
    if (EqualsIgnoreCase(token, "identity") && !(first && last)) {
      return HeadFault::kBadTransferEncoding;
    }
    if (last) return HeadFault::kUnknownTransferEncoding;
    first = false;
    list.remove_prefix(comma + 1);
    if (!list.empty() && list[0] == ' ') list.remove_prefix(1);
  }
}

// Reads Content-Length and Transfer-Encoding into framing and length; no header leaves them as they
// are.
HeadFault ReadFraming(const ControlHeaders& control, uint8_t minor_version, BodyFraming& framing,
                      uint64_t& length) {
  const bool coded = control.transfer_encoding != nullptr;
  if (coded && control.content_length != nullptr) {
    return HeadFault::kContentLengthWithTransferEncoding;
  }
  if (coded) {
    if (minor_version == 0) return HeadFault::kTransferEncodingInHttp10;
    if (control.repeated_transfer_encoding || control.odd_framing_whitespace) {
      return HeadFault::kBadTransferEncoding;
    }
    framing = BodyFraming::kChunked;
    return ClassifyTransferEncoding(control.transfer_encoding->value);
  }
  if (control.content_length == nullptr) return HeadFault::kNone;
  if (control.odd_framing_whitespace ||
      !ParseContentLength(control.content_length->value, length)) {
    return HeadFault::kBadContentLength;
  }
  framing = BodyFraming::kLength;
  return HeadFault::kNone;
}

bool IsPort(std::string_view text) {
  uint32_t port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + static_cast<uint32_t>(c - '0');
  }
  return !text.empty() && text.size() <= 5 && port <= 65535;
}

// host [":" port], RFC 9110 7.2. No user information, no list, not empty.
bool IsHostAndPort(std::string_view text) {
  std::string_view rest;
  if (!text.empty() && text[0] == '[') {
    const size_t close = text.find(']');
    if (close == std::string_view::npos || close < 3) return false;
    if (text.substr(1, close - 1).find_first_not_of("0123456789abcdefABCDEF:.") !=
        std::string_view::npos) {
      return false;
    }
    rest = text.substr(close + 1);
  } else {
    const size_t length = SpanOf(kHostChar, text);
    if (length == 0) return false;
    rest = text.substr(length);
  }
  return rest.empty() || (rest[0] == ':' && IsPort(rest.substr(1)));
}

bool IsVersion(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 8 && text.substr(0, 5) == "HTTP/" && digit(text[5]) && text[6] == '.' &&
         digit(text[7]);
}

HeadFault ReadVersion(std::string_view text, uint8_t& minor_version) {
  if (text == "HTTP/1.1") {
    minor_version = 1;
    return HeadFault::kNone;
  }
  if (text == "HTTP/1.0") {
    minor_version = 0;
    return HeadFault::kNone;
  }
  return IsVersion(text) ? HeadFault::kVersionNotSupported : HeadFault::kBadVersion;
}

HeadFault CheckMethod(std::string_view method) {
  if (method.empty() || method.size() > kMaxMethodBytes || !IsAll(kTokenChar, method)) {
    return HeadFault::kBadMethod;
  }
  // Methods are case-sensitive, and no registered one has small letters: "get" would be another
  // method here and GET at a lenient next hop.
  for (const char c : method) {
    if (c >= 'a' && c <= 'z') return HeadFault::kBadMethod;
  }
  // CONNECT asks for a tunnel. TRACE asks the upstream to send back what it got, which would hold
  // the upstream's credential.
  if (method == "CONNECT" || method == "TRACE") return HeadFault::kMethodNotImplemented;
  return HeadFault::kNone;
}

// True when the path has a "." or ".." segment, plain or percent-encoded, between plain or encoded
// slashes or backslashes. Whoever resolves it further on leaves the prefix that was routed on; no
// API has such paths.
bool HasDotSegment(std::string_view path) {
  if (path.find('.') == std::string_view::npos && path.find('%') == std::string_view::npos) {
    return false;
  }
  bool only_dots = true;
  size_t dots = 0;
  for (size_t i = 0; i <= path.size(); ++i) {
    char c = i < path.size() ? path[i] : '/';
    if (c == '?') {
      c = '/';
      i = path.size();
    } else if (c == '%') {
      const std::string_view code = path.substr(i + 1, 2);
      if (EqualsIgnoreCase(code, "2e")) c = '.';
      if (EqualsIgnoreCase(code, "2f") || EqualsIgnoreCase(code, "5c")) c = '/';
      if (c != '%') i += 2;
    }
    if (c == '/' || c == '\\') {
      if (only_dots && (dots == 1 || dots == 2)) return true;
      only_dots = true;
      dots = 0;
    } else if (c == '.') {
      ++dots;
    } else {
      only_dots = false;
    }
  }
  return false;
}

bool IsTarget(std::string_view target, std::string_view method) {
  if (!IsAll(kTargetChar, target)) return false;
  if (target[0] == '/') return !HasDotSegment(target);
  if (target == "*") return method == "OPTIONS";
  size_t authority = 0;
  if (EqualsIgnoreCase(target.substr(0, 7), "http://")) authority = 7;
  if (EqualsIgnoreCase(target.substr(0, 8), "https://")) authority = 8;
  if (authority == 0) return false;
  const std::string_view rest = target.substr(authority);
  // "http://host?query" has no path to route on.
  const size_t path = std::min(rest.find('/'), rest.size());
  return IsHostAndPort(rest.substr(0, path)) && !HasDotSegment(rest.substr(path));
}

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

  out.keep_alive = out.minor_version == 1 && out.framing != BodyFraming::kUntilClose;
  const bool never_body = out.status < 200 || out.status == 204;
  const bool no_body = never_body || out.status == 304 || request_method == "HEAD";
  if (no_body) {
    // A body announced where there can be none may follow all the same: such a connection is not
    // used again.
    const bool announced = out.framing == BodyFraming::kChunked || out.content_length != 0;
    out.keep_alive = out.minor_version == 1 && !(never_body && announced);
    out.framing = BodyFraming::kNone;
  }
  if (control.connection) {
    const ConnectionTokens tokens(out.headers);
    const bool ends = no_body || out.framing != BodyFraming::kUntilClose;
    if (out.minor_version == 0 && tokens.keep_alive() && ends) out.keep_alive = true;
    if (tokens.close()) out.keep_alive = false;
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

#include "dataplane/net/http1/start_line.h"

#include <algorithm>

#include "dataplane/net/http1/char_class.h"

namespace llmgw::net::http1 {
namespace {

constexpr size_t kMaxMethodBytes = 32;

bool IsPort(std::string_view text) {
  uint32_t port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + static_cast<uint32_t>(c - '0');
  }
  return !text.empty() && text.size() <= 5 && port <= 65535;
}

bool IsVersion(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 8 && text.substr(0, 5) == "HTTP/" && digit(text[5]) && text[6] == '.' &&
         digit(text[7]);
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

}  // namespace

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

}  // namespace llmgw::net::http1

#include "common/config/endpoint.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace llmgw::config {
namespace {

constexpr size_t kLongestUrl = 2048;
constexpr size_t kLongestHost = 253;
constexpr size_t kLongestLabel = 63;

Error Bad(std::string message) { return InvalidArgument({}, std::move(message)); }

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool IsIpv6(std::string_view host) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(host).c_str(), &address) == 1;
}

bool IsLabel(std::string_view label) {
  if (label.empty() || label.size() > kLongestLabel) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-' || c == '_'; });
}

// "0x7f" too: what ends in a number is an address to some resolvers and a name to others
// (https://url.spec.whatwg.org/#ends-in-a-number-checker).
bool IsNumber(std::string_view label) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto hex = [&](char c) {
    return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (label.starts_with("0x") || label.starts_with("0X")) {
    return std::all_of(label.begin() + 2, label.end(), hex);
  }
  return std::all_of(label.begin(), label.end(), digit);
}

bool IsDnsName(std::string_view full) {
  std::string_view host = full;
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  if (host.empty() || host.size() > kLongestHost) return false;
  const bool with_last_dot = full.size() != host.size();
  bool last_is_number = false;
  size_t start = 0;
  while (start <= host.size()) {
    size_t dot = std::min(host.find('.', start), host.size());
    std::string_view label = host.substr(start, dot - start);
    if (!IsLabel(label)) return false;
    last_is_number = IsNumber(label);
    start = dot + 1;
  }
  if (!last_is_number) return true;
  if (with_last_dot) return false;
  in_addr address{};
  return inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
}

struct Authority {
  std::string host;
  std::optional<uint16_t> port;
  bool bracketed = false;
};

Result<uint16_t> ParsePort(std::string_view text) {
  unsigned port = 0;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || rest != end || port < 1 || port > 65535) {
    return Fail(Bad("the port must be a number from 1 to 65535"));
  }
  return static_cast<uint16_t>(port);
}

Result<Authority> ParseAuthority(std::string_view text) {
  Authority authority;
  std::string_view port;
  bool has_port = false;
  if (!text.empty() && text.front() == '[') {
    size_t close = text.find(']');
    if (close == std::string_view::npos) return Fail(Bad("the ']' of the IPv6 address is missing"));
    authority.host = Lower(text.substr(1, close - 1));
    authority.bracketed = true;
    if (!IsIpv6(authority.host)) return Fail(Bad("the part in brackets is not an IPv6 address"));
    text.remove_prefix(close + 1);
    has_port = !text.empty();
    if (has_port && text.front() != ':') return Fail(Bad("only a port may follow the ']'"));
    if (has_port) port = text.substr(1);
  } else {
    size_t colon = text.find(':');
    has_port = colon != std::string_view::npos;
    if (has_port) port = text.substr(colon + 1);
    authority.host = Lower(text.substr(0, colon));
    if (port.find(':') != std::string_view::npos) {
      return Fail(Bad("an IPv6 address stands in brackets: https://[::1]:8080"));
    }
    if (authority.host.empty()) return Fail(Bad("the host is missing"));
    if (!IsDnsName(authority.host)) return Fail(Bad("'" + authority.host + "' is not a host name"));
  }
  if (has_port) {
    TRY_ASSIGN(authority.port, ParsePort(port));
  }
  return authority;
}

// RFC 3986 pchar and '/', with every '%' followed by two hex digits. Dot segments would be resolved
// differently by different servers.
Result<std::string> ParsePath(std::string_view path) {
  auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  constexpr std::string_view kMarks = "-._~!$&'()*+,;=:@/";
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%') {
      if (i + 2 >= path.size() || !is_hex(path[i + 1]) || !is_hex(path[i + 2])) {
        return Fail(Bad("the path has a '%' without two hex digits"));
      }
    } else if (!IsAlphanumeric(path[i]) && kMarks.find(path[i]) == std::string_view::npos) {
      return Fail(Bad("the path has a character that must be percent-encoded"));
    }
  }
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (path.find("//") != std::string_view::npos) return Fail(Bad("the path has an empty segment"));
  std::string closed = std::string(path) + "/";
  if (closed.find("/./") != std::string::npos || closed.find("/../") != std::string::npos) {
    return Fail(Bad("the path has a '.' or '..' segment"));
  }
  return std::string(path);
}

}  // namespace

bool IsHost(std::string_view host) { return IsIpv6(host) || IsDnsName(host); }

Result<Endpoint> ParseEndpoint(std::string_view url) {
  if (url.empty()) return Fail(Bad("is needed; write it like https://api.openai.com/v1"));
  if (url.size() > kLongestUrl) return Fail(Bad("is longer than 2048 characters"));
  for (char c : url) {
    if (c <= ' ' || c == 0x7f) return Fail(Bad("has a space or control character"));
  }
  size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) {
    return Fail(Bad("the scheme is missing; write it like https://api.openai.com/v1"));
  }
  std::string scheme = Lower(url.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return Fail(Bad("the scheme must be http or https"));
  std::string_view rest = url.substr(scheme_end + 3);
  // Before the split, so that a mark inside a user part can't hide it. The text is not quoted: it
  // may hold a password.
  std::string_view authority_text = rest.substr(0, rest.find_first_of("/?#"));
  if (authority_text.find('@') != std::string_view::npos) {
    return Fail(Bad("must have no user part; credentials go into `credentials`"));
  }
  if (rest.find('?') != std::string_view::npos) return Fail(Bad("must have no query ('?')"));
  if (rest.find('#') != std::string_view::npos) return Fail(Bad("must have no fragment ('#')"));
  TRY_ASSIGN(Authority authority, ParseAuthority(authority_text));
  Endpoint endpoint;
  TRY_ASSIGN(endpoint.base_path, ParsePath(rest.substr(authority_text.size())));
  endpoint.tls = scheme == "https";
  uint16_t own_port = endpoint.tls ? 443 : 80;
  endpoint.port = authority.port.value_or(own_port);
  endpoint.authority = authority.bracketed ? "[" + authority.host + "]" : authority.host;
  if (endpoint.port != own_port) endpoint.authority += ":" + std::to_string(endpoint.port);
  endpoint.host = std::move(authority.host);
  return endpoint;
}

}  // namespace llmgw::config

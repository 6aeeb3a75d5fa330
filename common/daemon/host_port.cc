#include "common/daemon/host_port.h"

#include <arpa/inet.h>

#include <charconv>

namespace llmgw::daemon {
namespace {

Error Malformed(std::string_view text, std::string_view why) {
  return InvalidArgument({}, "'" + std::string(text) + "' is not an address: " + std::string(why) +
                                 "; write HOST:PORT, such as 127.0.0.1:7400 or [::1]:7400");
}

}  // namespace

std::string HostPort::ToString() const {
  bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<HostPort> ParseHostPort(std::string_view text) {
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Fail(Malformed(text, "the port is missing"));
  std::string_view host = text.substr(0, colon);
  std::string_view port_text = text.substr(colon + 1);
  if (!host.empty() && host.front() == '[') {
    if (host.back() != ']') return Fail(Malformed(text, "the ']' is missing"));
    host = host.substr(1, host.size() - 2);
    in6_addr address{};
    if (inet_pton(AF_INET6, std::string(host).c_str(), &address) != 1) {
      return Fail(Malformed(text, "the part in brackets is not an IPv6 address"));
    }
  } else if (host.find(':') != std::string_view::npos) {
    return Fail(Malformed(text, "an IPv6 address stands in brackets"));
  }
  for (char c : host) {
    if (c <= ' ' || c == '/' || c == '@' || c == 0x7f) {
      return Fail(Malformed(text, "the host has a character that no host name has"));
    }
  }
  unsigned port = 0;
  auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  bool whole = end == port_text.data() + port_text.size() && !port_text.empty();
  if (error != std::errc() || !whole || port > 65535) {
    return Fail(Malformed(text, "the port is not a number from 0 to 65535"));
  }
  return HostPort{host.empty() ? "0.0.0.0" : std::string(host), static_cast<uint16_t>(port)};
}

bool IsLoopback(std::string_view host) {
  if (host == "localhost") return true;
  std::string name(host);
  in_addr v4{};
  if (inet_pton(AF_INET, name.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, name.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace llmgw::daemon

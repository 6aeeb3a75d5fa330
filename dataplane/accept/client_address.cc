#include "dataplane/accept/client_address.h"

#include <string_view>

#include "dataplane/net/address.h"

namespace llmgw::accept {
namespace {

// Some proxies write a port behind the address: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::string_view WithoutPort(std::string_view text) {
  if (text.starts_with('[')) return text.substr(0, text.find(']') + 1);
  const size_t colon = text.find(':');
  const bool one_colon = colon != std::string_view::npos && colon == text.rfind(':');
  return one_colon ? text.substr(0, colon) : text;
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string ClientBehind(const std::string& peer, const net::IpRanges& proxies,
                         const net::http1::RequestHead& head) {
  std::string client = peer;
  // Each proxy adds whom it got the request from at the end.
  for (size_t i = head.headers.size(); i-- > 0;) {
    if (head.headers[i].id != net::http1::HeaderId::kXForwardedFor) continue;
    std::string_view hops = head.headers[i].value;
    while (true) {
      const size_t comma = hops.rfind(',');
      const size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
      const auto address = net::ParseIp(WithoutPort(Trimmed(hops.substr(begin))), 0);
      if (!address) return client;
      client = net::IpText(*address);
      if (!proxies.Contains(client)) return client;
      if (begin == 0) break;
      hops = hops.substr(0, comma);
    }
  }
  return client;
}

}  // namespace llmgw::accept

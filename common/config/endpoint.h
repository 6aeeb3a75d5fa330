#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace llmgw::config {

// The parts of Upstream.endpoint (RFC 3986 generic syntax, http and https only).
struct Endpoint {
  bool tls = false;
  std::string host;  // lower-case name or IP literal, without brackets
  uint16_t port = 0;
  std::string authority;  // for the Host header: brackets as needed, and the port unless it is the
                          // scheme's own
  std::string base_path;  // "" or "/v1": no trailing '/'
};

// kInvalidArgument without a field; the message says which part is wrong and what to write.
Result<Endpoint> ParseEndpoint(std::string_view url);

// A DNS name (RFC 1123 labels, '_' tolerated because real ones have it), an IPv4 address, or an
// IPv6 address without brackets.
bool IsHost(std::string_view host);

}  // namespace llmgw::config

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/secret_string.h"
#include "dataplane/net/ip_ranges.h"
#include "dataplane/net/resolver.h"

namespace llmgw::settings {

// An HTTP proxy on the way to an upstream.
struct ProxySettings {
  std::string host;  // name or IP literal, without brackets
  uint16_t port = 0;
  std::string name;          // for people: "http://proxy.example.com:3128"
  SecretString credentials;  // the value of Proxy-Authorization; empty: none
};

// How connections to an upstream are made.
struct OutboundSettings {
  std::optional<ProxySettings> proxy;  // unset: none is configured, or the endpoint is in no_proxy
  std::string client_certificate_pem;
  SecretString client_key;
  net::DnsBounds dns;
  // Guarded addresses (net/address_guard.h) that may be connected to, as written and to ask.
  std::vector<std::string> allow_addresses;
  net::IpRanges allowed;
};

}  // namespace llmgw::settings

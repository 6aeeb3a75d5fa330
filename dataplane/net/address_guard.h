#pragma once

#include <string_view>

#include "dataplane/net/address.h"
#include "dataplane/net/ip_ranges.h"

namespace llmgw::net {

// Whether `address` is one that no upstream has any business at: link-local (RFC 3927, RFC 4291
// 2.5.6), or where a cloud gives the machine's own credentials to whoever asks from it
// ("metadata"; address_guard.cc lists them). An IPv6 address that stands for an IPv4 one (mapped,
// compatible, translated, NAT64, 6to4) is judged as that one too. What `allowed` contains is let
// through. Any thread.
bool IsGuarded(const Address& address, const IpRanges& allowed);

// The same for a host as configured: false for a name, which only its addresses can tell.
bool IsGuardedLiteral(std::string_view host, const IpRanges& allowed);

}  // namespace llmgw::net

#pragma once

#include <string>

#include "dataplane/net/http1/head.h"
#include "dataplane/net/ip_ranges.h"

namespace llmgw::accept {

// Who sent a request that came from `peer`, a proxy of ours: the last address in X-Forwarded-For
// that is not one of `proxies`. What stands before it anybody may have written. `peer` itself where
// the header is missing or no address. REQUIRES: proxies contains peer.
std::string ClientBehind(const std::string& peer, const net::IpRanges& proxies,
                         const net::http1::RequestHead& head);

}  // namespace llmgw::accept

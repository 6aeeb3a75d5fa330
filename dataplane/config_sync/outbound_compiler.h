#pragma once

#include <string_view>

#include "dataplane/settings/outbound_settings.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::config_sync {

// `endpoint_host`: the host of the upstream's endpoint, in lower case, without brackets.
// REQUIRES: the validator has accepted it.
settings::OutboundSettings OutboundOf(const config::v1::Outbound& outbound,
                                      std::string_view endpoint_host);

// Whether an entry of `no_proxy` names `host`: "*", the host itself, a domain (".example.com",
// which is example.com and all in it), or, where the host is an IP address, that address or a range
// that it is in. Names are not resolved. Case and a trailing dot do not count.
bool NamedByNoProxy(std::string_view host,
                    const google::protobuf::RepeatedPtrField<std::string>& no_proxy);

// What tells these connections from other ones to the same endpoint, for the pool; no secret can be
// read from it. Empty when all is as by default.
std::string TransportKey(const settings::OutboundSettings& outbound);

}  // namespace llmgw::config_sync

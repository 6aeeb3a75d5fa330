#pragma once

#include <string>

#include "dataplane/forward/attempt_end.h"
#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/upstream_pool.h"
#include "dataplane/net/connector.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// Who connects to an upstream, and where. References outlive the call.
struct UpstreamDial {
  net::Waiter& waiter;
  net::Resolver& resolver;
  UpstreamPool* idle;      // given up rather than fail for want of descriptors; may be null
  const TlsContexts& tls;  // of the settings that `upstream` is in
  const settings::UpstreamSettings& upstream;
  // The upstream's own endpoint and TLS name, or another host of the same provider.
  const settings::Endpoint& endpoint;
  const std::string& server_name;
  net::LoopTime total_deadline;
};

// A new connection, through the upstream's proxy where it has one, with TLS where the endpoint says
// so. `timeouts.connect` bounds each address, `total_deadline` all of it. On the waiter's thread.
net::Task<net::Connected> Dial(UpstreamDial dial);

// What a failed Dial means for the attempt. REQUIRES: failure is not kNone.
AttemptEnd EndOf(net::ConnectFailure failure);

// Requests to this upstream are read by a proxy, which wants them in absolute form (RFC 9112
// 3.2.2) and with its own credentials; only a proxy answers 407.
inline bool IsForwardedByProxy(const settings::UpstreamSettings& upstream) {
  return upstream.outbound.proxy.has_value() && !upstream.endpoint.tls;
}

// What a 407 of its proxy means, for people. REQUIRES: IsForwardedByProxy(upstream).
std::string ProxyRefusal(const settings::UpstreamSettings& upstream);

// What an upstream says that does not accept our certificate: with TLS 1.3 not in the handshake but
// in answer to the request. Empty: nothing of the kind.
std::string TlsRefusal(const net::Stream& upstream);

// Makes `target` absolute and adds the proxy's credentials to `headers` (whole lines).
// REQUIRES: IsForwardedByProxy(upstream).
void AddressToProxy(const settings::UpstreamSettings& upstream, std::string& target,
                    std::string& headers);

}  // namespace llmgw::forward

#pragma once

#include <string>

#include "dataplane/forward/attempt_end.h"
#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/worker_state.h"
#include "dataplane/net/connector.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// A new connection to an upstream, through its proxy where it has one, with TLS where its endpoint
// says so. `timeouts.connect` bounds each address, `latest` all of it. Gives up idle connections
// rather than fail for want of descriptors. Worker thread only; references must outlive it.
net::Task<net::Connected> Dial(net::Waiter& waiter, WorkerState& worker, const TlsContexts& tls,
                               const settings::UpstreamSettings& upstream, net::LoopTime latest);
// The same to another place of the same provider, with the name that its certificate must have.
net::Task<net::Connected> Dial(net::Waiter& waiter, WorkerState& worker, const TlsContexts& tls,
                               const settings::UpstreamSettings& upstream,
                               const settings::Endpoint& endpoint, const std::string& server_name,
                               net::LoopTime latest);

// What a failed Dial means for the attempt. REQUIRES: failure is not kNone.
AttemptEnd EndOf(net::ConnectFailure failure);

// Requests to this upstream are read by a proxy, which wants them in absolute form (RFC 9112
// 3.2.2) and with its own credentials; only a proxy answers 407.
inline bool IsForwardedByProxy(const settings::UpstreamSettings& upstream) {
  return upstream.outbound.proxy.has_value() && !upstream.endpoint.tls;
}

// Makes `target` absolute and adds the proxy's credentials to `headers` (whole lines).
// REQUIRES: IsForwardedByProxy(upstream).
void AddressToProxy(const settings::UpstreamSettings& upstream, std::string& target,
                    std::string& headers);

}  // namespace llmgw::forward

#include "dataplane/forward/dialer.h"

#include <optional>

#include "dataplane/net/address_guard.h"
#include "dataplane/net/http1/proxy_hops.h"

namespace llmgw::forward {
namespace {

using net::Connected;
using net::ConnectFailure;
using settings::Endpoint;
using settings::OutboundSettings;

std::string AuthorityOf(const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

net::Task<Connected> ThroughProxy(UpstreamDial dial, net::ConnectTarget target) {
  const OutboundSettings& outbound = dial.upstream.outbound;
  // The proxy resolves names itself; an address can be judged here.
  if (net::IsGuardedLiteral(dial.endpoint.host, outbound.allowed)) {
    co_return Connected{nullptr,
                        ConnectFailure::kGuarded,
                        {},
                        dial.endpoint.host +
                            " is a link-local or cloud-metadata address, which no proxy is asked "
                            "for; outbound.allow_addresses can allow it"};
  }
  if (dial.endpoint.tls) {
    net::http1::ConnectHop hop(outbound.proxy->name, AuthorityOf(dial.endpoint),
                               outbound.proxy->credentials);
    target.proxy = &hop;
    co_return co_await net::Connect(dial.waiter, dial.resolver, target);
  }
  net::http1::ForwardingHop hop(outbound.proxy->name);
  target.proxy = &hop;
  co_return co_await net::Connect(dial.waiter, dial.resolver, target);
}

}  // namespace

net::Task<Connected> Dial(UpstreamDial dial) {
  const OutboundSettings& outbound = dial.upstream.outbound;
  const Endpoint& endpoint = dial.endpoint;
  const net::TlsClientContext* context = nullptr;
  if (endpoint.tls) {
    const auto found = dial.tls.find(dial.upstream.pool_key);
    if (found == dial.tls.end()) {
      co_return Connected{
          nullptr, ConnectFailure::kTls, {}, "the TLS settings of this upstream can't be used"};
    }
    context = found->second.get();
  }
  const net::ConnectTarget target{outbound.proxy ? outbound.proxy->host : endpoint.host,
                                  outbound.proxy ? outbound.proxy->port : endpoint.port,
                                  context,
                                  dial.server_name,
                                  dial.upstream.timeouts.connect,
                                  dial.total_deadline,
                                  outbound.dns,
                                  &outbound.allowed,
                                  nullptr};
  while (true) {
    Connected connected;
    if (outbound.proxy) {
      connected = co_await ThroughProxy(dial, target);
    } else {
      connected = co_await net::Connect(dial.waiter, dial.resolver, target);
    }
    // What is kept for later is worth less than who waits now.
    if (connected.failure != ConnectFailure::kNoSocket || dial.idle == nullptr ||
        dial.idle->Clear() == 0)
      co_return connected;
  }
}

AttemptEnd EndOf(ConnectFailure failure) {
  switch (failure) {
    case ConnectFailure::kNone:
      break;
    case ConnectFailure::kResolve:
      return AttemptEnd::kResolveFailed;
    case ConnectFailure::kGuarded:
      return AttemptEnd::kAddressRefused;
    case ConnectFailure::kConnect:
      return AttemptEnd::kConnectFailed;
    case ConnectFailure::kTimeout:
      return AttemptEnd::kConnectTimeout;
    case ConnectFailure::kProxy:
      return AttemptEnd::kProxyFailed;
    case ConnectFailure::kTls:
      return AttemptEnd::kTlsFailed;
    case ConnectFailure::kNoSocket:
      return AttemptEnd::kNoSocket;
    case ConnectFailure::kPeerGone:
      return AttemptEnd::kClientGone;
    case ConnectFailure::kCancelled:
      return AttemptEnd::kCancelled;
  }
  return AttemptEnd::kConnectFailed;
}

std::string ProxyRefusal(const settings::UpstreamSettings& upstream) {
  return "proxy " + upstream.outbound.proxy->name +
         ": answered with 407 (it wants credentials, or other ones)";
}

std::string TlsRefusal(const net::Stream& upstream) {
  const net::TlsSession* tls = upstream.tls();
  if (tls == nullptr || tls->failure() != net::TlsFailure::kPeerAlert) return {};
  return "refused by the upstream: " + tls->error();
}

void AddressToProxy(const settings::UpstreamSettings& upstream, std::string& target,
                    std::string& headers) {
  target.insert(0, "http://" + upstream.endpoint.authority);
  const SecretString& credentials = upstream.outbound.proxy->credentials;
  if (credentials.empty()) return;
  headers += "proxy-authorization: ";
  headers += credentials.Reveal();
  headers += "\r\n";
}

}  // namespace llmgw::forward

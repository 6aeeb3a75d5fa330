#pragma once

#include <memory>
#include <string>

#include "dataplane/net/address.h"
#include "dataplane/net/ip_ranges.h"
#include "dataplane/net/resolver.h"
#include "dataplane/net/stream.h"
#include "dataplane/net/task.h"

namespace llmgw::net {

enum class ConnectFailure : uint8_t {
  kNone,
  kResolve,
  kGuarded,  // every address is one that is not connected to (address_guard.h)
  kConnect,
  kTimeout,
  kProxy,  // the proxy could not be reached, or did not let us through
  kTls,
  kNoSocket,  // this machine is out of descriptors or ports: not the target's fault
  kPeerGone,
  kCancelled
};

struct Connected {
  std::unique_ptr<Stream> stream;  // null on failure
  ConnectFailure failure = ConnectFailure::kNone;
  Address peer;
  std::string error;  // one line for people
};

// A proxy on the way: `ConnectTarget::host` is it, and what lies behind is its business.
class ProxyHop {
 public:
  virtual ~ProxyHop() = default;
  // For errors: "http://proxy.example.com:3128", without credentials.
  virtual const std::string& name() const = 0;
  // The TCP connection is there. Makes it lead to where TLS, if any, and the first request go.
  // kOk; or kError with why(); kEof, kTimeout, kPeerGone or kCancelled.
  virtual Task<IoStatus> Pass(Waiter& waiter, Stream& stream, LoopTime deadline) = 0;
  // After kError: what the proxy said, in one line.
  virtual const std::string& why() const = 0;
};

// Where to connect and how. References must outlive the call.
struct ConnectTarget {
  const std::string& host;  // name or IP literal
  uint16_t port;
  const TlsClientContext* tls = nullptr;  // null: plain
  const std::string& server_name;         // for TLS
  Millis timeout;                         // name lookup; then TCP and TLS of each address
  LoopTime latest = kNever;               // of all of it together
  DnsBounds dns{};
  const IpRanges* allow_guarded = nullptr;  // guarded addresses that are connected to all the same
  ProxyHop* proxy = nullptr;                // null: directly
};

// Resolves, then tries the addresses (connection_race.h) until one is connected, has been passed by
// the proxy and has shaken hands. Guarded addresses are left out.
Task<Connected> Connect(Waiter& waiter, Resolver& resolver, ConnectTarget target);

}  // namespace llmgw::net

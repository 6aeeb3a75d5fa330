#pragma once

#include <memory>
#include <string>

#include "dataplane/net/address.h"
#include "dataplane/net/resolver.h"
#include "dataplane/net/stream.h"
#include "dataplane/net/task.h"

namespace llmgw::net {

enum class ConnectFailure : uint8_t {
  kNone,
  kResolve,
  kConnect,
  kTimeout,
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

// Where to connect and how. References must outlive the call.
struct ConnectTarget {
  const std::string& host;  // name or IP literal
  uint16_t port;
  const TlsClientContext* tls = nullptr;  // null: plain
  const std::string& server_name;         // for TLS
  Millis timeout;                         // name lookup; then TCP and TLS of each address
  LoopTime latest = kNever;               // of all of it together
};

// Resolves, then tries every address in turn until one is connected (and has shaken hands).
Task<Connected> Connect(Waiter& waiter, Resolver& resolver, ConnectTarget target);

}  // namespace llmgw::net

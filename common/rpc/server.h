#pragma once

#include <grpcpp/server_builder.h>

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/daemon/host_port.h"

namespace llmgw::rpc {

// Largest message to a server. Whoever reaches the port can make it hold this much, before any
// token is looked at. Ours are smaller: a batch of request logs has up to 4 MiB, an upstream with
// its CAs and secrets up to 2.
inline constexpr int kLargestRequestBytes = 16 << 20;
// Largest message from a server, to whom the client chose to talk: a full snapshot of 100,000 keys
// is about 20 MB.
inline constexpr int kLargestAnswerBytes = 256 << 20;

struct ServerTls {
  std::string cert_file{};  // PEM, the chain; empty: plaintext
  std::string key_file{};   // PEM
};

struct ServerLimits {
  // Threads that answer blocking calls, and those kept waiting for one. Beyond the most a call gets
  // RESOURCE_EXHAUSTED.
  int most_threads = 32;
};

// Credentials from the files, or plaintext ones when none are named. kInvalidArgument names
// "tls-cert" or "tls-key".
Result<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(const ServerTls& tls);

// Gives `builder` our settings: message sizes; keepalive that finds a dead peer within about 30 s
// and lets clients ping as often; no sharing of the port; bounded threads; and the listening
// address. After BuildAndStart `*port` is the port taken, or 0 when it could not be bound; `port`
// must live until then.
void Configure(grpc::ServerBuilder& builder, const daemon::HostPort& listen,
               std::shared_ptr<grpc::ServerCredentials> credentials, const ServerLimits& limits,
               int* port);

}  // namespace llmgw::rpc

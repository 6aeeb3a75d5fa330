#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::rpc {

enum class Transport { kPlaintext, kTls };

struct ChannelOptions {
  // "127.0.0.1:7400", "controlplane.llmgw.svc:7400". Resolved anew on every reconnect.
  std::string address{};
  Transport transport = Transport::kPlaintext;
  // PEM file of the only CAs trusted; empty: the system's. Only with TLS.
  std::string ca_file{};
  // The name the certificate must have, when it is not the address's host. Only with TLS.
  std::string server_name{};
  // Sent with every call as `authorization: Bearer …`; empty: none.
  SecretString token{};
  // Plaintext to a host that is not loopback shows the token to the network: refused unless allowed
  // by name.
  bool allow_insecure_plaintext = false;
};

// A channel that connects when first used, reconnects by itself (0.2 s, doubling to 5 s), pings
// every 20 s so that a dead peer is noticed, sends messages up to kLargestRequestBytes and takes
// them up to kLargestAnswerBytes, and adds the token to every call. kInvalidArgument names the
// ChannelOptions member that is wrong.
Result<std::shared_ptr<grpc::Channel>> MakeChannel(const ChannelOptions& options);

}  // namespace llmgw::rpc

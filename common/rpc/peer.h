#pragma once

#include <grpcpp/server_context.h>

#include <string>

namespace llmgw::rpc {

// Who is calling, from gRPC's "ipv4:127.0.0.1:5000" or "ipv6:%5B::1%5D:5000".
std::string PeerAddress(const std::string& grpc_peer);  // "127.0.0.1:5000", "[::1]:5000"
std::string PeerHost(const std::string& grpc_peer);     // "127.0.0.1", "::1"

}  // namespace llmgw::rpc

#include "common/rpc/peer.h"

namespace llmgw::rpc {
namespace {

void ReplaceAll(std::string* text, const std::string& from, const std::string& to) {
  for (size_t at = text->find(from); at != std::string::npos;
       at = text->find(from, at + to.size())) {
    text->replace(at, from.size(), to);
  }
}

}  // namespace

std::string PeerAddress(const std::string& grpc_peer) {
  size_t colon = grpc_peer.find(':');
  std::string address = colon == std::string::npos ? grpc_peer : grpc_peer.substr(colon + 1);
  ReplaceAll(&address, "%5B", "[");
  ReplaceAll(&address, "%5D", "]");
  return address;
}

std::string PeerHost(const std::string& grpc_peer) {
  std::string address = PeerAddress(grpc_peer);
  if (!address.empty() && address.front() == '[') {
    return address.substr(1, address.find(']') - 1);
  }
  return address.substr(0, address.rfind(':'));
}

}  // namespace llmgw::rpc

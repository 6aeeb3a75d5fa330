#include "dataplane/net/address_guard.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace llmgw::net {
namespace {

const IpRanges& Guarded() {
  static const IpRanges ranges = *IpRanges::Parse({
      "169.254.0.0/16",      // link-local; metadata of nearly every cloud, tasks' roles, pods
      "fe80::/10",           // link-local
      "fd00:ec2::254",       // AWS: instance metadata
      "fd00:ec2::23",        // AWS: EKS pod identity
      "fd20:ce::254",        // Google Cloud: metadata
      "fd00:c1::a9fe:a9fe",  // Oracle Cloud: metadata
      "fd00:42::42",         // Scaleway: metadata
      "100.100.100.200",     // Alibaba Cloud: metadata
      "168.63.129.16",       // Azure: the host's own services ("WireServer")
      "192.0.0.192",         // Oracle Cloud Classic: metadata
  });
  return ranges;
}

using Bytes = std::array<uint8_t, 16>;

Address V4(const uint8_t* bytes) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  std::memcpy(&v4.sin_addr, bytes, 4);
  return Address::FromSockaddr(reinterpret_cast<const sockaddr*>(&v4), sizeof(v4));
}

bool StartsWith(const Bytes& bytes, std::initializer_list<uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

// The IPv4 address that a packet to this IPv6 address ends at, when a translator or tunnel is on
// the way. A mapped one is IPv4 for IpRanges already.
const uint8_t* EmbeddedV4(const Bytes& bytes) {
  const bool compatible = StartsWith(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});  // RFC 4291
  const bool translated =
      StartsWith(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0});                    // RFC 7915
  const bool nat64 = StartsWith(bytes, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0});  // RFC 6052
  const bool local_nat64 = StartsWith(bytes, {0, 0x64, 0xff, 0x9b, 0, 1});              // RFC 8215
  if (compatible || translated || nat64 || local_nat64) return &bytes[12];
  if (StartsWith(bytes, {0x20, 0x02})) return &bytes[2];  // 6to4, RFC 3056
  return nullptr;
}

}  // namespace

bool IsGuarded(const Address& address, const IpRanges& allowed) {
  if (allowed.Contains(address)) return false;
  if (Guarded().Contains(address)) return true;
  if (address.family() != AF_INET6) return false;
  Bytes bytes;
  std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_addr,
              bytes.size());
  const uint8_t* embedded = EmbeddedV4(bytes);
  return embedded != nullptr && IsGuarded(V4(embedded), allowed);
}

bool IsGuardedLiteral(std::string_view host, const IpRanges& allowed) {
  const std::optional<Address> literal = ParseIp(host, 0);
  return literal && IsGuarded(*literal, allowed);
}

}  // namespace llmgw::net

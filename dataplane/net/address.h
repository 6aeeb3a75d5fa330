#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmgw::net {

// An IP address and port, as the socket calls want it.
struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }

  static Address FromSockaddr(const sockaddr* address, socklen_t length);
};

// "127.0.0.1", "::1" or "[::1]" and a port; nothing else (no names).
std::optional<Address> ParseIp(std::string_view ip, uint16_t port);
bool IsIpLiteral(std::string_view text);

// "127.0.0.1" / "::1"; "127.0.0.1:80" / "[::1]:80". An IPv4 peer of an IPv6 socket
// (::ffff:127.0.0.1) is printed as IPv4.
std::string IpText(const Address& address);
std::string AddressText(const Address& address);
uint16_t Port(const Address& address);

}  // namespace llmgw::net

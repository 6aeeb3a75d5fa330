#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataplane/net/address.h"

namespace llmgw::net {

// A set of IP networks. Immutable once made; safe to read from any thread.
class IpRanges {
 public:
  // "10.0.0.0/8", "2001:db8::/32", or one address. The error names the entry.
  static Result<IpRanges> Parse(const std::vector<std::string>& networks);

  bool empty() const { return networks_.empty(); }
  // False for what is not an IP address. An IPv4 address in IPv6 form counts as IPv4.
  bool Contains(std::string_view ip) const;
  bool Contains(const Address& address) const;
  // "10.0.0.0/8", one per entry, as given but for the spelling.
  std::vector<std::string> ToStrings() const;
  // Any order, for keeping one of equal ones.
  auto operator<=>(const IpRanges&) const = default;

 private:
  // IPv4 in its IPv6 form (::ffff:a.b.c.d), so that there is one kind of address.
  using Bytes = std::array<uint8_t, 16>;
  struct Network {
    Bytes address;
    unsigned prefix_bits;
    auto operator<=>(const Network&) const = default;
  };
  bool ContainsBytes(const Bytes& address) const;

  std::vector<Network> networks_;
};

}  // namespace llmgw::net

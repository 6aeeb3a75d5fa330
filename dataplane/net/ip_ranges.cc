#include "dataplane/net/ip_ranges.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace llmgw::net {
namespace {

using Bytes = std::array<uint8_t, 16>;
constexpr unsigned kV4Bits = 96;  // of ::ffff:0:0/96

Bytes BytesOf(const Address& address) {
  Bytes bytes{};
  if (address.family() == AF_INET) {
    bytes[10] = bytes[11] = 0xff;
    std::memcpy(&bytes[12], &reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_addr, 4);
  } else {
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_addr,
                bytes.size());
  }
  return bytes;
}

std::optional<Bytes> BytesOf(std::string_view ip) {
  const std::optional<Address> address = ParseIp(ip, 0);
  if (!address) return std::nullopt;
  return BytesOf(*address);
}

bool SameBits(const Bytes& a, const Bytes& b, unsigned bits) {
  const size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin()))
    return false;
  if (bits % 8 == 0) return true;
  const unsigned mask = 0xff00U >> (bits % 8) & 0xffU;
  return (a[whole] & mask) == (b[whole] & mask);
}

bool IsV4(const Bytes& address) {
  static constexpr Bytes kV4Start{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return SameBits(address, kV4Start, kV4Bits);
}

}  // namespace

Result<IpRanges> IpRanges::Parse(const std::vector<std::string>& networks) {
  IpRanges ranges;
  for (const std::string& text : networks) {
    const std::string_view view = text;
    const size_t slash = view.find('/');
    const std::optional<Bytes> address = BytesOf(view.substr(0, slash));
    const bool is_v4 = view.find(':') == std::string_view::npos;
    unsigned bits = is_v4 ? 32 : 128;
    const unsigned most = bits;
    bool good = address.has_value();
    if (slash != std::string_view::npos) {
      const std::string_view digits = view.substr(slash + 1);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      good = good && error == std::errc() && end == digits.data() + digits.size() && bits <= most;
    }
    if (!good) {
      return Fail(InvalidArgument(
          {}, "'" + text + "' is not an IP address or a network such as 10.0.0.0/8"));
    }
    ranges.networks_.push_back({*address, is_v4 ? kV4Bits + bits : bits});
  }
  return ranges;
}

bool IpRanges::Contains(std::string_view ip) const {
  if (networks_.empty()) return false;
  const std::optional<Bytes> address = BytesOf(ip);
  return address && ContainsBytes(*address);
}

bool IpRanges::Contains(const Address& address) const {
  return !networks_.empty() && ContainsBytes(BytesOf(address));
}

bool IpRanges::ContainsBytes(const Bytes& address) const {
  const bool v4 = IsV4(address);
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    // ::/0 and the like are about IPv6 alone, though IPv4 is kept inside it.
    if (v4 && network.prefix_bits < kV4Bits) return false;
    return SameBits(address, network.address, network.prefix_bits);
  });
}

std::vector<std::string> IpRanges::ToStrings() const {
  std::vector<std::string> out;
  for (const Network& network : networks_) {
    const bool is_v4 = network.prefix_bits >= kV4Bits && IsV4(network.address);
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(is_v4 ? AF_INET : AF_INET6, network.address.data() + (is_v4 ? 12 : 0), text.data(),
              text.size());
    out.push_back(std::string(text.data()) + "/" +
                  std::to_string(network.prefix_bits - (is_v4 ? kV4Bits : 0)));
  }
  return out;
}

}  // namespace llmgw::net

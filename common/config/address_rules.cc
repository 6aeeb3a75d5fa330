#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <string>
#include <unordered_set>

#include "common/config/resource_rules.h"
#include "common/config/validate.h"

namespace llmgw::config {
namespace {

constexpr int kMostEntries = 1000;
constexpr size_t kLongestEntry = 64;  // an IPv6 address has at most 45 characters

void CheckEntries(std::string_view field, const Strings& entries, Faults& faults) {
  if (entries.size() > kMostEntries) return faults.Add(field, "must have at most 1000 entries");
  std::unordered_set<std::string_view> seen;
  for (int i = 0; i < entries.size(); ++i) {
    if (auto fault = CheckAddressRange(entries[i]); !fault.empty()) faults.AddAt(field, i, fault);
    if (!seen.insert(entries[i]).second) faults.AddAt(field, i, "stands twice in the list");
  }
}

}  // namespace

std::string_view CheckAddressRange(std::string_view text) {
  constexpr std::string_view kWrong =
      "must be an IP address or a range such as 10.0.0.0/8 or 2001:db8::/32";
  if (text.size() > kLongestEntry) return kWrong;
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  std::array<unsigned char, 16> bytes;
  const bool v4 = inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
  const bool ip = v4 || inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
  // inet_pton ends at a zero byte.
  if (!ip || address.find('\0') != std::string::npos) return kWrong;
  if (slash == std::string_view::npos) return {};
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size()) return kWrong;
  if (bits > (v4 ? 32U : 128U)) return "has more bits behind '/' than such an address has";
  return {};
}

void CheckAddresses(const v1::AddressList& addresses, Faults& faults) {
  CheckEntries("addresses.allow", addresses.allow(), faults);
  CheckEntries("addresses.deny", addresses.deny(), faults);
}

}  // namespace llmgw::config

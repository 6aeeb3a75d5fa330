#include "dataplane/net/dns_cache.h"

#include <algorithm>

namespace llmgw::net {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFailureTtl{1'000};
constexpr std::chrono::seconds kLongestTtl{24 * 60 * 60};  // keeps sums in range

milliseconds Lifetime(const HostAddresses& answer, const DnsBounds& bounds) {
  if (answer.addresses.empty()) return kFailureTtl;
  const milliseconds ttl = std::clamp(answer.ttl, std::chrono::seconds(0), kLongestTtl);
  return std::max(bounds.min_ttl, std::min(ttl, bounds.max_ttl));
}

}  // namespace

const HostAddresses* DnsCache::Find(const std::string& host, const DnsBounds& bounds,
                                    Time now) const {
  const auto found = answers_.find(host);
  if (found == answers_.end()) return nullptr;
  const Entry& entry = found->second;
  return now < entry.since + Lifetime(entry.answer, bounds) ? &entry.answer : nullptr;
}

}  // namespace llmgw::net

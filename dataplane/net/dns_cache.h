#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "dataplane/net/address.h"

namespace llmgw::net {

// What a name resolved to. Ports are 0. Empty addresses: `error` says why.
struct HostAddresses {
  std::vector<Address> addresses;
  std::chrono::seconds ttl{0};  // as the resolver gave it, the shortest of all records
  std::string error;
};

// For how long an answer is believed, whatever its TTL says.
struct DnsBounds {
  std::chrono::milliseconds min_ttl{1'000};
  std::chrono::milliseconds max_ttl{300'000};
};

// Answers by name, as they came: how long one is good for is said by whoever asks. Failures are
// good for 1 s. As many names as the configuration has ever had; one thread.
class DnsCache {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void Put(const std::string& host, HostAddresses answer, Time now) {
    answers_[host] = {std::move(answer), now};
  }
  // Null: none, or too old for these bounds. Valid until the next Put.
  const HostAddresses* Find(const std::string& host, const DnsBounds& bounds, Time now) const;

 private:
  struct Entry {
    HostAddresses answer;
    Time since;
  };
  std::map<std::string, Entry> answers_;
};

}  // namespace llmgw::net

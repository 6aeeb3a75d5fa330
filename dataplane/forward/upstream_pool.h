#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "dataplane/net/stream.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// A kept-alive connection to an upstream.
struct UpstreamConnection {
  std::unique_ptr<net::Stream> stream;
  std::string address;  // peer IP and port
  net::LoopTime idle_since = 0;
};

// The idle upstream connections of one worker, by UpstreamSettings::pool_key, the most recently
// used first. Worker thread only.
class UpstreamPool {
 public:
  struct Limits {
    size_t max_idle_per_upstream = 1024;
    net::Millis max_idle{55'000};  // below the 60 s after which common servers close
  };
  explicit UpstreamPool(Limits limits) : limits_(limits) {}

  // A connection on which nothing has happened since it was put back, or one with a null stream.
  UpstreamConnection Take(const std::string& pool_key);
  // REQUIRES: its last response was read to the end and allowed another request.
  void Put(const std::string& pool_key, UpstreamConnection connection, net::LoopTime now);
  // Closes what was idle too long or was closed by the other side. Call every few seconds.
  void Sweep(net::LoopTime now);
  // Closes all of them; returns how many.
  size_t Clear() {
    size_t closed = 0;
    for (const auto& [key, connections] : idle_) closed += connections.size();
    idle_.clear();
    return closed;
  }

 private:
  const Limits limits_;
  std::unordered_map<std::string, std::vector<UpstreamConnection>> idle_;
};

}  // namespace llmgw::forward

#include "dataplane/forward/upstream_pool.h"

#include <algorithm>

namespace llmgw::forward {
namespace {

// Closed, or saying something nobody asked for.
bool Spoilt(net::Stream& stream) { return stream.descriptor().hung_up() || stream.HasInput(); }

}  // namespace

UpstreamConnection UpstreamPool::Take(const std::string& pool_key) {
  auto found = idle_.find(pool_key);
  if (found == idle_.end()) return {};
  std::vector<UpstreamConnection>& connections = found->second;
  while (!connections.empty()) {
    UpstreamConnection connection = std::move(connections.back());
    connections.pop_back();
    if (!Spoilt(*connection.stream)) return connection;
  }
  return {};
}

void UpstreamPool::Put(const std::string& pool_key, UpstreamConnection connection,
                       net::LoopTime now) {
  std::vector<UpstreamConnection>& connections = idle_[pool_key];
  if (connections.size() >= limits_.max_idle_per_upstream || Spoilt(*connection.stream)) return;
  connection.idle_since = now;
  connections.push_back(std::move(connection));
}

void UpstreamPool::Sweep(net::LoopTime now) {
  for (auto& [key, connections] : idle_) {
    std::erase_if(connections, [&](const UpstreamConnection& connection) {
      return now - connection.idle_since >= limits_.max_idle.count() || Spoilt(*connection.stream);
    });
  }
  std::erase_if(idle_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace llmgw::forward

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/forward/errands.h"
#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/upstream_pool.h"
#include "dataplane/net/connector.h"
#include "dataplane/net/http1/head_pool.h"
#include "dataplane/net/tls_client_context.h"

namespace llmgw::forward {

// What forwarding keeps per worker between requests. Worker thread only, but for the resolver,
// which is shared.
struct WorkerState {
  WorkerState(net::Resolver& shared_resolver, net::http1::HeadPool& head_pool)
      : resolver(shared_resolver), heads(head_pool) {}

  net::Resolver& resolver;
  net::http1::HeadPool& heads;
  UpstreamPool pool{UpstreamPool::Limits{}};
  std::shared_ptr<const TlsContexts> tls;
  Errands errands;
  uint32_t random_state = 0x9e3779b9;
  net::http1::HeadLimits response_head_limits{64 * 1024, 256, 8 * 1024};
  // Scratch for heads and framing: content is lost at the next suspension, capacity is kept.
  std::string scratch;
  // Strings to put aside what must wait, used again.
  std::vector<std::string> spare;
  net::http1::ResponseHead response_head;

  std::string TakeSpare() {
    if (spare.empty()) return {};
    std::string string = std::move(spare.back());
    spare.pop_back();
    return string;
  }
  void GiveSpare(std::string string) {
    if (spare.size() >= kMostSpare || string.capacity() > 2 * net::kMostParkedBytes) return;
    string.clear();
    spare.push_back(std::move(string));
  }
  static constexpr size_t kMostSpare = 64;

  // Not for secrets: jitter only.
  uint32_t Random() {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
  }
};

}  // namespace llmgw::forward

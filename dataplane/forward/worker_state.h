#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "dataplane/forward/errands.h"
#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/upstream_pool.h"
#include "dataplane/net/connector.h"
#include "dataplane/net/http1/head_pool.h"
#include "dataplane/net/spare_strings.h"
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
  std::string target_scratch;
  std::string header_scratch;
  // The same for what must last longer.
  net::SpareStrings spare;
  net::http1::ResponseHead response_head;

  // Not for secrets: jitter only.
  uint32_t Random() {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
  }
};

}  // namespace llmgw::forward

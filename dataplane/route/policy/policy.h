#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/base/clock.h"
#include "dataplane/route/random.h"
#include "dataplane/route/upstream_state.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::route {

// One upstream that may serve the request, with what is known of it.
struct Candidate {
  const settings::UpstreamSettings* upstream = nullptr;
  const UpstreamState* state = nullptr;
  uint32_t weight = 1;
  double score = 0;  // scratch of the policy
};

// What policies go by, besides the candidates.
struct PolicyInput {
  // Round-robin's place, by UpstreamSettings::index; kept between requests of the route.
  std::vector<int64_t>& turns;
  Random& random;
  uint64_t affinity;  // what sticky goes by, hashed
  MonotonicTime now;
};

// Puts candidates into the order in which they are tried: the first is the choice, those that
// follow stand in for it, in that order. They come as listed, filtered by what caller and model may
// use. Stateless singletons, one file pair each and one line in registry.cc. Called on a worker's
// thread for each request; must not allocate.
class Policy {
 public:
  virtual ~Policy() = default;
  // REQUIRES: at least two candidates.
  virtual void Order(std::span<Candidate> candidates, const PolicyInput& input) const = 0;
};

// Null for kOrder: they stay as listed.
const Policy* PolicyFor(settings::PolicyKind kind);

}  // namespace llmgw::route

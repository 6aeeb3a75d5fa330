#pragma once

#include <cstdint>
#include <vector>

// How a route chooses among its upstreams, and what it may spend on further attempts.
namespace llmgw::settings {

enum class PolicyKind : uint8_t {
  kOrder,
  kRandom,
  kWeighted,
  kRoundRobin,
  kLeastPending,
  kEwma,
  kSticky
};

enum class StickyOn : uint8_t { kKey, kUser, kPrompt };

// Bounds further attempts. Counted by each worker for itself.
struct RetryBudget {
  static constexpr uint32_t kUnbounded = 100;
  uint32_t percent = 20;         // of the requests of the last 10 s; from kUnbounded on: no bound
  uint32_t min_per_second = 10;  // whatever the share
};

struct ChoosingSettings {
  PolicyKind policy = PolicyKind::kOrder;
  // By UpstreamSettings::index. Empty: 1 for each.
  std::vector<uint32_t> weights;
  StickyOn sticky_on = StickyOn::kKey;
  RetryBudget retry_budget;

  uint32_t WeightOf(size_t upstream_index) const {
    return weights.empty() ? 1 : weights[upstream_index];
  }
};

}  // namespace llmgw::settings

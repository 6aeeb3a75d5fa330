#include "dataplane/route/policy/weighted.h"

#include <algorithm>
#include <cstddef>

namespace llmgw::route {
namespace {

class Weighted final : public Policy {
 public:
  void Order(std::span<Candidate> candidates, const PolicyInput& input) const override {
    uint32_t sum = 0;
    for (const Candidate& candidate : candidates) sum += candidate.weight;
    for (size_t place = 0; sum > 0; ++place) {
      uint32_t drawn = input.random.Below(sum);
      size_t chosen = place;
      while (drawn >= candidates[chosen].weight) drawn -= candidates[chosen++].weight;
      sum -= candidates[chosen].weight;
      // Those that were passed over keep their order.
      std::rotate(candidates.begin() + static_cast<ptrdiff_t>(place),
                  candidates.begin() + static_cast<ptrdiff_t>(chosen),
                  candidates.begin() + static_cast<ptrdiff_t>(chosen) + 1);
    }
  }
};

}  // namespace

const Policy& WeightedPolicy() {
  static const Weighted policy;
  return policy;
}

}  // namespace llmgw::route

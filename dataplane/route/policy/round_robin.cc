#include "dataplane/route/policy/round_robin.h"

#include "dataplane/route/policy/insertion_sort.h"

namespace llmgw::route {
namespace {

class RoundRobin final : public Policy {
 public:
  void Order(std::span<Candidate> candidates, const PolicyInput& input) const override {
    int64_t sum = 0;
    const auto turn = [&input](const Candidate& candidate) -> int64_t& {
      return input.turns[candidate.upstream->index];
    };
    for (const Candidate& candidate : candidates) {
      turn(candidate) += candidate.weight;
      sum += candidate.weight;
    }
    // Insertion keeps equals as listed, and allocates nothing.
    InsertionSort(candidates, [&turn](const Candidate& a, const Candidate& b) {
      if ((a.weight == 0) != (b.weight == 0)) return b.weight == 0;
      return turn(a) > turn(b);
    });
    turn(candidates.front()) -= sum;
  }
};

}  // namespace

const Policy& RoundRobinPolicy() {
  static const RoundRobin policy;
  return policy;
}

}  // namespace llmgw::route

#include "dataplane/route/policy/round_robin.h"

#include "dataplane/route/policy/insertion_sort.h"

namespace llmgw::route {
namespace {

// What each request shares out among its candidates, and takes from the chosen one: the same for
// every request, so that one with many candidates weighs no more than one with few. Divisible by
// every sum to 16.
constexpr int64_t kOneTurn = 720'720;

class RoundRobin final : public Policy {
 public:
  void Order(std::span<Candidate> candidates, const PolicyInput& input) const override {
    const auto turn = [&input](const Candidate& candidate) -> int64_t& {
      return input.turns[candidate.upstream->index];
    };
    int64_t sum = 0;
    for (const Candidate& candidate : candidates) sum += candidate.weight;
    if (sum == 0) return;  // all only stand in: as listed
    for (const Candidate& candidate : candidates)
      turn(candidate) += kOneTurn * candidate.weight / sum;
    // Insertion keeps equals as listed, and allocates nothing.
    InsertionSort(candidates, [&turn](const Candidate& a, const Candidate& b) {
      if ((a.weight == 0) != (b.weight == 0)) return b.weight == 0;
      return turn(a) > turn(b);
    });
    turn(candidates.front()) -= kOneTurn;
  }
};

}  // namespace

const Policy& RoundRobinPolicy() {
  static const RoundRobin policy;
  return policy;
}

}  // namespace llmgw::route

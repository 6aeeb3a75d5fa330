#include "dataplane/route/policy/sticky.h"

#include <cmath>

#include "dataplane/route/policy/insertion_sort.h"
#include "dataplane/route/stable_hash.h"

namespace llmgw::route {
namespace {

// The weighted form of rendezvous hashing: -weight / ln(u) with u in (0, 1) drawn by the hash of
// both.
double ScoreOf(const Candidate& candidate, uint64_t affinity) {
  if (candidate.weight == 0) return 0;
  const uint64_t hash = Mix(affinity ^ candidate.state->name_hash);
  const double u = (static_cast<double>(hash >> 11) + 0.5) * 0x1p-53;
  return -static_cast<double>(candidate.weight) / std::log(u);
}

class Sticky final : public Policy {
 public:
  void Order(std::span<Candidate> candidates, const PolicyInput& input) const override {
    for (Candidate& candidate : candidates) candidate.score = ScoreOf(candidate, input.affinity);
    InsertionSort(candidates,
                  [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  }
};

}  // namespace

const Policy& StickyPolicy() {
  static const Sticky policy;
  return policy;
}

}  // namespace llmgw::route

#include "dataplane/route/policy/least_pending.h"

#include "dataplane/route/policy/insertion_sort.h"
#include "dataplane/route/policy/random.h"

namespace llmgw::route {
namespace {

class LeastPending final : public Policy {
 public:
  void Order(std::span<Candidate> candidates, const PolicyInput& input) const override {
    RandomPolicy().Order(candidates, input);
    InsertionSort(candidates, [](const Candidate& a, const Candidate& b) {
      return a.state->pending < b.state->pending;
    });
  }
};

}  // namespace

const Policy& LeastPendingPolicy() {
  static const LeastPending policy;
  return policy;
}

}  // namespace llmgw::route

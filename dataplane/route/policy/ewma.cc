#include "dataplane/route/policy/ewma.h"

#include <algorithm>
#include <cstddef>

#include "dataplane/route/policy/insertion_sort.h"

namespace llmgw::route {
namespace {

// Who has never answered is tried, but not by everybody at once.
constexpr double kUnknown = 1e6;

double LoadOf(const UpstreamState& state, MonotonicTime now) {
  const double average = state.first_byte.At(now);
  if (average == 0) return state.pending == 0 ? 0 : kUnknown * state.pending;
  return average * (state.pending + 1);
}

class Ewma final : public Policy {
 public:
  void Order(std::span<Candidate> candidates, const PolicyInput& input) const override {
    const auto count = static_cast<uint32_t>(candidates.size());
    const size_t one = input.random.Below(count);
    size_t other = input.random.Below(count - 1);
    if (other >= one) ++other;
    for (Candidate& candidate : candidates) candidate.score = LoadOf(*candidate.state, input.now);
    const auto quicker = [](const Candidate& a, const Candidate& b) { return a.score < b.score; };
    const size_t chosen = quicker(candidates[other], candidates[one]) ? other : one;
    std::rotate(candidates.begin(), candidates.begin() + static_cast<ptrdiff_t>(chosen),
                candidates.begin() + static_cast<ptrdiff_t>(chosen) + 1);
    InsertionSort(candidates.subspan(1), quicker);
  }
};

}  // namespace

const Policy& EwmaPolicy() {
  static const Ewma policy;
  return policy;
}

}  // namespace llmgw::route

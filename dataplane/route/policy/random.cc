#include "dataplane/route/policy/random.h"

#include <utility>

namespace llmgw::route {
namespace {

class Shuffle final : public Policy {
 public:
  void Order(std::span<Candidate> candidates, const PolicyInput& input) const override {
    for (size_t left = candidates.size(); left > 1; --left) {
      const size_t drawn = input.random.Below(static_cast<uint32_t>(left));
      std::swap(candidates[drawn], candidates[left - 1]);
    }
  }
};

}  // namespace

const Policy& RandomPolicy() {
  static const Shuffle policy;
  return policy;
}

}  // namespace llmgw::route

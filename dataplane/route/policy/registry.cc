#include "dataplane/route/policy/ewma.h"
#include "dataplane/route/policy/least_pending.h"
#include "dataplane/route/policy/policy.h"
#include "dataplane/route/policy/random.h"
#include "dataplane/route/policy/round_robin.h"
#include "dataplane/route/policy/sticky.h"
#include "dataplane/route/policy/weighted.h"

namespace llmgw::route {

const Policy* PolicyFor(settings::PolicyKind kind) {
  switch (kind) {
    case settings::PolicyKind::kOrder:
      return nullptr;
    case settings::PolicyKind::kRandom:
      return &RandomPolicy();
    case settings::PolicyKind::kWeighted:
      return &WeightedPolicy();
    case settings::PolicyKind::kRoundRobin:
      return &RoundRobinPolicy();
    case settings::PolicyKind::kLeastPending:
      return &LeastPendingPolicy();
    case settings::PolicyKind::kEwma:
      return &EwmaPolicy();
    case settings::PolicyKind::kSticky:
      return &StickyPolicy();
  }
  return nullptr;
}

}  // namespace llmgw::route

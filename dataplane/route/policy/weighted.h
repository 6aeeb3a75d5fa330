#pragma once

#include "dataplane/route/policy/policy.h"

namespace llmgw::route {

// At random: the first by its share of the weights, the next by its share of the rest, and so on.
// Those of weight 0 come last, as listed.
const Policy& WeightedPolicy();

}  // namespace llmgw::route

#pragma once

#include "dataplane/route/policy/policy.h"

namespace llmgw::route {

// In turn, by weight, evenly interleaved (smooth weighted round-robin): at each request every
// candidate gains its share by weight of one turn, and the one that has most is chosen and pays the
// turn. Counted by each worker for itself. Those of weight 0 come last, as listed.
const Policy& RoundRobinPolicy();

}  // namespace llmgw::route

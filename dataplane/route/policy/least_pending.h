#pragma once

#include "dataplane/route/policy/policy.h"

namespace llmgw::route {

// Those with the fewest requests under way from this worker first; at random among equals.
const Policy& LeastPendingPolicy();

}  // namespace llmgw::route

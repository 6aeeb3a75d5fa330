#pragma once

#include "dataplane/route/policy/policy.h"

namespace llmgw::route {

// The quicker of two drawn at random, by the peak-sensitive moving average of its time to the first
// byte times the requests under way to it, one more counted (power of two choices). The others
// follow, quickest first.
const Policy& EwmaPolicy();

}  // namespace llmgw::route

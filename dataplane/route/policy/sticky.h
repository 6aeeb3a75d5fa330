#pragma once

#include "dataplane/route/policy/policy.h"

namespace llmgw::route {

// Consistent hashing (weighted rendezvous): what the route sticks to always leads to the same
// upstream, on every worker and dataplane, and to the same stand-in when that one is not there;
// nothing else moves. Those of weight 0 come last, as listed.
const Policy& StickyPolicy();

}  // namespace llmgw::route

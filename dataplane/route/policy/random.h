#pragma once

#include "dataplane/route/policy/policy.h"

namespace llmgw::route {

// At random, all alike.
const Policy& RandomPolicy();

}  // namespace llmgw::route

#pragma once

#include "dataplane/settings/settings_builder.h"

namespace llmgw::config::v1 {
class Route;
}

namespace llmgw::config_sync {

// Policy, weights, stickiness and retry budget of a route. REQUIRES: the route is valid.
void CompileChoosing(const config::v1::Route& route, settings::RouteDefinition& out);

}  // namespace llmgw::config_sync

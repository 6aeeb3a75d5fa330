#pragma once

#include <nlohmann/json_fwd.hpp>

#include "dataplane/settings/runtime_settings.h"

namespace llmgw::app {

// How a route chooses, as /config shows it: adds to the route's object.
void AddChoosing(const settings::RouteSettings& route, nlohmann::ordered_json& out);

}  // namespace llmgw::app

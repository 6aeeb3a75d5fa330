#pragma once

#include <nlohmann/json.hpp>

#include "dataplane/settings/runtime_settings.h"

namespace llmgw::app {

// Adds what only upstreams of this one's kind have to its part of the /config view.
void AddKind(const settings::UpstreamSettings& upstream, nlohmann::ordered_json& view);

}  // namespace llmgw::app

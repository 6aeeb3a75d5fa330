#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "dataplane/model/upstream_health.h"
#include "dataplane/settings/health_settings.h"

namespace llmgw::app {

// For /config: the rules of one upstream, and what is left alone right now.
nlohmann::ordered_json HealthRulesJson(const settings::HealthSettings& health);
nlohmann::ordered_json HealthJson(const std::vector<model::UpstreamHealth>& health);

}  // namespace llmgw::app

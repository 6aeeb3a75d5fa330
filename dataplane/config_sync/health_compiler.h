#pragma once

#include "dataplane/settings/health_settings.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::config_sync {

// REQUIRES: it is valid.
settings::HealthSettings HealthOf(const config::v1::Health& health);

}  // namespace llmgw::config_sync

#pragma once

#include <vector>

#include "dataplane/model/upstream_health.h"
#include "llmgw/config/v1/config_service.pb.h"

namespace llmgw::config_sync {

// A report has at most so many entries; what fails most widely comes first then.
inline constexpr size_t kMostReported = 1000;

config::v1::HealthReport ReportOf(const std::vector<model::UpstreamHealth>& health);

}  // namespace llmgw::config_sync

#pragma once

#include <string>

#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// The request of an active check: GET of `health.check_path` on the endpoint's host, with the first
// of the upstream's own credentials as its kind is shown one.
std::string CheckHead(const settings::UpstreamSettings& upstream);

}  // namespace llmgw::forward

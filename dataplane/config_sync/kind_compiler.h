#pragma once

#include <optional>
#include <string_view>

#include "dataplane/settings/runtime_settings.h"

namespace llmgw::config::v1 {
class Upstream;
}

namespace llmgw::config_sync {

// The kind that a configuration names; "" is the default. Nothing for one that does not exist.
std::optional<settings::UpstreamKind> UpstreamKindOf(std::string_view kind);

// Kind, and the settings that only upstreams of that kind have. REQUIRES: `upstream` has passed
// validation. Stateless, any thread.
void CompileKind(const config::v1::Upstream& upstream, settings::UpstreamSettings& out);

}  // namespace llmgw::config_sync

#pragma once

#include "dataplane/settings/replicate_settings.h"

namespace llmgw::config::v1 {
class ReplicateOptions;
}

namespace llmgw::config_sync {

// REQUIRES: `options` have passed validation. Stateless, any thread.
settings::ReplicateSettings ReplicateOf(const config::v1::ReplicateOptions& options);

}  // namespace llmgw::config_sync

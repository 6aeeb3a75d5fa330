#pragma once

#include <cstdint>

#include "common/base/result.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::config::v1 {
class Snapshot;
}

namespace llmgw::config_sync {

// Checks a snapshot by the rules of common/config and turns it into what the request path uses.
// kInvalidArgument with the first fault's field; the message says how many more there are.
// Upstreams come in the order of their creation. Stateless, any thread; about 0.1 s for 100,000
// keys.
Result<settings::SettingsPtr> CompileSettings(const config::v1::Snapshot& snapshot,
                                              uint64_t revision);

}  // namespace llmgw::config_sync

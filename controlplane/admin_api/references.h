#pragma once

#include "common/base/result.h"
#include "controlplane/store/config_store.h"

namespace llmgw::controlplane::admin_api {

// OK when no route or key names `target` (an upstream or a route); otherwise kInUse that
// says who does.
Status RequireUnused(const store::ConfigState& state, const store::StoredResource& target);

}  // namespace llmgw::controlplane::admin_api

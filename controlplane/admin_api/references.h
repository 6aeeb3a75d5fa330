#pragma once

#include "common/base/result.h"
#include "controlplane/store/config_store.h"

namespace llmgw::controlplane::admin_api {

// OK when no route, key or credential names `target` (an upstream, a route or a level); otherwise
// kInUse that says who does.
Status RequireUnused(const store::ConfigState& state, const store::StoredResource& target);

}  // namespace llmgw::controlplane::admin_api

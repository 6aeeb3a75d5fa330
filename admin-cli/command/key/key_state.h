#pragma once

#include "admin-cli/output/table.h"
#include "common/base/clock.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli::key {

// "active", "revoked" or "expired".
Cell StateOf(const config::v1::ClientKey& key, WallTime now);

}  // namespace llmgw::admin_cli::key

#pragma once

#include <cstdint>
#include <string>

#include "admin-cli/output/table.h"
#include "llmgw/admin/v1/system_service.pb.h"

namespace llmgw::admin_cli::dataplane {

// "current", "refused", "behind" or "gone", as seen from a controlplane at revision `current`.
Cell StateOf(const admin::v1::Dataplane& dataplane, uint64_t current);

// Why it refused, with the field: "upstreams[x].endpoint: no such host (revision 12)"; empty when
// it did not.
std::string NackText(const admin::v1::Dataplane& dataplane);

}  // namespace llmgw::admin_cli::dataplane

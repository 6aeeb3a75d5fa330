#pragma once

#include <string>

#include "admin-cli/output/document.h"
#include "llmgw/admin/v1/system_service.pb.h"

namespace llmgw::admin_cli::audit {

// The entry with `before` and `after` as documents of their own (null when there is none) rather
// than JSON in a string.
Json EntryDocument(const admin::v1::AuditEntry& entry);

// What the entry is about, as people call it: a key by the name that it had, anything else by its
// name.
std::string SubjectName(const admin::v1::AuditEntry& entry);

// Names of the top-level fields that differ, "allow, timeouts"; empty for a creation or deletion.
std::string ChangedFields(const admin::v1::AuditEntry& entry);

}  // namespace llmgw::admin_cli::audit

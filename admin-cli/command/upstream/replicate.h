#pragma once

#include <CLI/CLI.hpp>

#include "admin-cli/input/field_edits.h"
#include "admin-cli/output/human.h"
#include "admin-cli/output/table.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli::upstream {

// What only upstreams of kind "replicate" have. Both must outlive parsing.
void AddReplicateFlags(CLI::App* command, FieldEdits& edits);

// The lines of `show`.
void AddReplicateFields(const config::v1::ReplicateOptions& options, FieldList& fields);

}  // namespace llmgw::admin_cli::upstream

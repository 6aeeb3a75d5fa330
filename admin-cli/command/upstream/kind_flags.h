#pragma once

#include <CLI/CLI.hpp>

#include "admin-cli/input/field_edits.h"
#include "admin-cli/output/table.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli::upstream {

// The flags of what only upstreams of one kind have, a group of --help for each kind. `edits` must
// outlive parsing.
void AddKindFlags(CLI::App* command, FieldEdits& edits);

// The same for people to read.
void AddKindFields(const config::v1::Upstream& upstream, FieldList& fields);

}  // namespace llmgw::admin_cli::upstream

#pragma once

#include <CLI/CLI.hpp>

#include "admin-cli/input/field_edits.h"
#include "admin-cli/output/table.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli::upstream {

// `upstream add` and `set`: when an upstream is left alone.
void AddHealthFlags(CLI::App* command, FieldEdits& edits);

// `upstream show`: what differs from the defaults.
void AddHealthFields(const config::v1::Health& health, FieldList& fields);

}  // namespace llmgw::admin_cli::upstream

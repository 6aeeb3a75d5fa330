#pragma once

#include <CLI/CLI.hpp>

#include "admin-cli/input/field_edits.h"

namespace llmgw::admin_cli::key {

// --level, --allow-address and --deny-address. `edits` must outlive parsing.
void AddAccessFlags(CLI::App* command, FieldEdits& edits);

}  // namespace llmgw::admin_cli::key

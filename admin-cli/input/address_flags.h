#pragma once

#include <CLI/CLI.hpp>

#include "admin-cli/input/field_edits.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli {

class FieldList;

// --allow-address and --deny-address: the field `addresses` of a route or key.
void AddAddressFlags(CLI::App* command, FieldEdits& edits);

// The same as `show` prints it; nothing when the lists are empty.
void AddAddressFields(const config::v1::AddressList& addresses, FieldList& fields);

}  // namespace llmgw::admin_cli

#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "admin-cli/input/field_edits.h"
#include "llmgw/config/v1/resources.pb.h"

namespace llmgw::admin_cli::route {

// How a route chooses among its upstreams, and what retries may cost, as flags.
void AddChoosingFlags(CLI::App* command, FieldEdits& edits);

// The same for `show`: "weighted (openai 3, azure 1)" and "20 % of the requests, …".
std::string PolicyText(const config::v1::Route& route);
std::string RetryBudgetText(const config::v1::Route& route);

}  // namespace llmgw::admin_cli::route

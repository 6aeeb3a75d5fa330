#pragma once

#include <string>
#include <vector>

#include "admin-cli/command/logs/key_names.h"
#include "admin-cli/output/table.h"
#include "llmgw/usage/v1/usage_service.pb.h"

// How a request log looks in a table; `list` and `tail` show the same columns.
namespace llmgw::admin_cli::logs {

std::vector<std::string> RecordHeader();
std::vector<Cell> RecordCells(const usage::v1::RequestRecord& record, KeyNames& keys);

Tone ToneOf(const usage::v1::RequestRecord& record);
// "12+34" tokens in and out; empty when the upstream did not say.
std::string TokensText(const usage::v1::RequestRecord& record);

}  // namespace llmgw::admin_cli::logs

#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace llmgw::admin_cli {

// What is wrong with a command line and what to do: the nearest command or flag, and whose --help
// to read. Values are not repeated, since one of them may be a secret.
std::string DescribeUsageError(const CLI::ParseError& error, const CLI::App& root,
                               const std::vector<std::string>& args);

}  // namespace llmgw::admin_cli

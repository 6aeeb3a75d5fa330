#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "admin-cli/app/command.h"
#include "admin-cli/app/exit_code.h"

namespace llmgw::admin_cli {

class Factory;

// Adds the global flags and every command to `root`.
void BuildRoot(CLI::App& root, CommandContext context);

// The whole of llmctl: parses `args` (without the program's name), runs the command that they name,
// prints its error if it has one. Never throws.
ExitCode RunLlmctl(const std::vector<std::string>& args, Factory& factory);

}  // namespace llmgw::admin_cli

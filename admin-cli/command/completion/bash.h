#pragma once

#include <string>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::completion {

struct BashOptions {};

// A bash script that completes the commands and flags of `root`.
std::string BashScript(const CLI::App& root);

// llmctl completion bash
void Build(CLI::App& root, CommandContext context);

}  // namespace llmgw::admin_cli::completion

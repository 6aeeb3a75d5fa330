#pragma once

#include <string>

#include "admin-cli/app/interrupts.h"
#include "common/base/result.h"
#include "common/base/secret_string.h"

namespace llmgw::admin_cli {

// Asks at the terminal (standard input, question on standard error) without showing what is typed.
// Ctrl-C puts the terminal back and leaves the process.
Result<SecretString> AskUnseen(const std::string& question, Interrupts& interrupts);

}  // namespace llmgw::admin_cli

#pragma once

#include <string>
#include <vector>

#include "admin-cli/app/command.h"

namespace llmgw::admin_cli::chat {

struct ChatOptions {
  std::vector<std::string> text;  // words of the message, or "-" for standard input
  std::string gateway;
  std::string gateway_ca;
  std::string model = "gpt-4o-mini";
  std::string system;
  std::string key_env;
  std::string key_file;
  bool stream = true;
  bool raw = false;
};

// Sends one message and shows the answer as it arrives. An error when the gateway refused, or the
// answer broke off before its end.
Result<ExitCode> RunChat(const ChatOptions& options, Factory& factory);

// llmctl chat TEXT…
void Build(CLI::App& root, CommandContext context, Runner<ChatOptions> run = RunChat);

}  // namespace llmgw::admin_cli::chat

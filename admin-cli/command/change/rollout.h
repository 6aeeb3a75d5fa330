#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "admin-cli/app/exit_code.h"
#include "admin-cli/output/document.h"
#include "common/base/result.h"

namespace llmgw::admin_cli {

class Factory;

// Whether a command that changes the configuration returns only when every connected dataplane
// serves with the change.
struct WaitOptions {
  bool wait = true;
  std::chrono::milliseconds timeout{10'000};
};

// --wait, --no-wait and --wait-timeout.
void AddWaitFlags(CLI::App* command, WaitOptions& options);

// The last step of every change: waits until `revision` is live, and reports. In a table it prints
// `sentence` ("upstream openai added"); in json and yaml `document` with the member "rollout".
// Returns kNotLive, after naming each dataplane and its reason, when one refused or lags. No
// connected dataplane is no failure.
ExitCode ReportChange(Factory& factory, const WaitOptions& options, uint64_t revision,
                      const std::string& sentence, Json document);

// The error of an update, in words that say what to repeat when somebody else was faster. `file`:
// the -f that was given, or empty.
Error ExplainConflict(Error error, const std::string& what, const std::string& file);

}  // namespace llmgw::admin_cli

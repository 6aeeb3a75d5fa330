#pragma once

#include "common/base/error.h"

namespace llmgw::admin_cli {

// What the shell sees. Scripts depend on these numbers: never renumber.
enum class ExitCode : int {
  kOk = 0,
  kError = 1,         // anything without a code of its own
  kUsage = 2,         // the command line, or a field of what was sent, is wrong
  kNotFound = 3,      // no such upstream, key, route, record…
  kDenied = 4,        // no or a wrong token, or not allowed
  kConflict = 5,      // the name is taken, still in use, or somebody else changed it first
  kUnavailable = 6,   // the controlplane or the gateway can't be reached, or did not answer in time
  kNotLive = 7,       // the change is stored, but a dataplane refused it or lags behind
  kDegraded = 8,      // `status`, `upstream health`: something needs attention
  kInterrupted = 130  // Ctrl-C
};

ExitCode ExitCodeOf(ErrorKind kind);

// The codes as lines of help text.
const char* ExitCodeHelp();

}  // namespace llmgw::admin_cli

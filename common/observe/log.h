#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

// The process log: spdlog's default logger, one line per event on stderr. Code logs with
// spdlog::info() and friends; a message never holds a secret. Everything here is safe to call from
// any thread.
namespace llmgw::observe {

struct LogSettings {
  std::string level = "info";   // "trace", "debug", "info", "warn", "error", "off"
  std::string format = "text";  // "text" for people, "json" for one object per line
};

// Installs the logger. kInvalidArgument names "log-level" or "log-format".
Status SetUpLog(const LogSettings& settings);

// Changes the level at run time. kInvalidArgument lists the choices.
Status SetLogLevel(std::string_view level);

// The level in force, as one of the names above.
std::string LogLevel();

}  // namespace llmgw::observe

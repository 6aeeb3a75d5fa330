#pragma once

#include <functional>
#include <optional>
#include <string>

namespace llmgw::admin_cli {

// Reads an environment variable; nullopt when it is not set or empty. Injected, so that tests need
// not touch the process's own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

}  // namespace llmgw::admin_cli

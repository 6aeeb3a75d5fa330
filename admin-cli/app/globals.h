#pragma once

#include <chrono>
#include <string>

#include "admin-cli/output/format.h"

namespace llmgw::admin_cli {

// Flags that every command takes. Empty: not given; client/connection.h says what holds then.
struct Globals {
  std::string profile;
  std::string controlplane;
  std::string token_file;
  std::string ca;
  std::string server_name;
  bool tls = false;
  bool insecure = false;  // plaintext to a host that is not loopback
  // Bounds one call, not a whole command.
  std::chrono::milliseconds timeout{10'000};
  Format format = Format::kTable;
  // No remarks on stderr, and only the essential on stdout.
  bool quiet = false;
};

}  // namespace llmgw::admin_cli

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace llmgw::daemon {

// An address to listen on or to connect to. `host` is a name or an IP literal without brackets.
struct HostPort {
  std::string host;
  uint16_t port = 0;

  // "127.0.0.1:80", "[::1]:80".
  std::string ToString() const;
};

// "127.0.0.1:7400", "[::1]:7400", "localhost:0", ":7400" (every address, as "0.0.0.0").
// kInvalidArgument without a field: the caller knows which option it was.
Result<HostPort> ParseHostPort(std::string_view text);

// 127.0.0.0/8, ::1, or the name "localhost".
bool IsLoopback(std::string_view host);

}  // namespace llmgw::daemon

#pragma once

#include <cstdint>
#include <string_view>

#include "dataplane/net/http1/head.h"

// The parts of a start line, each judged by itself. Internal to this folder.
namespace llmgw::net::http1 {

// "HTTP/1.0" or "HTTP/1.1" into minor_version.
HeadFault ReadVersion(std::string_view text, uint8_t& minor_version);

HeadFault CheckMethod(std::string_view method);

// REQUIRES: target is not empty.
bool IsTarget(std::string_view target, std::string_view method);

// host [":" port], RFC 9110 7.2. No user information, no list, not empty.
bool IsHostAndPort(std::string_view text);

}  // namespace llmgw::net::http1

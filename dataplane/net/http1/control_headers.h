#pragma once

#include <cstdint>
#include <vector>

#include "dataplane/net/http1/head.h"

// The headers that decide where a message ends and what becomes of the connection, for both
// parsers. Internal to this folder.
namespace llmgw::net::http1 {

// The headers that decide framing and connection, as found while splitting the lines.
struct ControlHeaders {
  const HeaderView* host = nullptr;
  const HeaderView* content_length = nullptr;
  const HeaderView* transfer_encoding = nullptr;
  const HeaderView* expect = nullptr;
  bool repeated_host = false;
  bool repeated_content_length = false;
  bool conflicting_content_length = false;
  bool repeated_transfer_encoding = false;
  bool odd_framing_whitespace = false;
  bool connection = false;
  bool upgrade = false;
};

// Splits all lines (left in `name` by ScanHead) in place and notes the control headers, which point
// into `headers`.
HeadFault SplitLines(std::vector<HeaderView>& headers, ControlHeaders& control);

// Reads Content-Length and Transfer-Encoding into framing and length; no header leaves them as they
// are.
HeadFault ReadFraming(const ControlHeaders& control, uint8_t minor_version, BodyFraming& framing,
                      uint64_t& length);

}  // namespace llmgw::net::http1

#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "dataplane/net/http1/head.h"

// The line level of a head, shared by the request parser, the response parser and the chunk
// decoder's trailers. Internal to this folder.
namespace llmgw::net::http1 {

// What a scan for the empty line found.
struct HeadScan {
  ParseStatus status = ParseStatus::kNeedMore;
  HeadFault fault = HeadFault::kNone;  // kError only
  bool has_start_line = false;
  std::string_view start_line;  // complete: without its CRLF. Incomplete: what there is of it
                                // before the end or the fault
  size_t head_bytes = 0;        // kDone only
};

// Finds the lines of a head in one pass, which also proves that the head has no control character
// but HTAB and that each line ends in CRLF. Header lines are left in `lines`, whole, in the name
// field. Skips up to two empty lines before the start line. Faults are found in the order of their
// position, whatever follows them.
HeadScan ScanHead(std::string_view bytes, const HeadLimits& limits, std::vector<HeaderView>& lines);

// Splits one header line (no CRLF, no control characters) into name, trimmed value and id.
HeadFault SplitHeaderLine(std::string_view line, HeaderView& out);

}  // namespace llmgw::net::http1

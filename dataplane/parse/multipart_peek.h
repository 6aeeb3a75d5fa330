#pragma once

#include <string_view>

#include "dataplane/parse/body_peek.h"

namespace llmgw::parse {

// Reads the fields `model` and `stream` of a multipart/form-data body (RFC 7578, RFC 2046 5.1);
// files are skipped by searching for the delimiter. `content_type` is the header's value. Calling
// rules and results are those of PeekJson, with kNotMultipart in place of kNotJson. `stream` is
// true for "true" and "1", false for "false", "0" and "", else kStreamNotBool. `user` is not read.
// Stricter than the RFC where upstream parsers are known to differ: no preamble, CRLF only, no
// folded part headers, nothing but a line end after the closing delimiter, no encoded
// (Content-Transfer-Encoding) or file-like `model`.
PeekStatus PeekMultipart(std::string_view content_type, std::string_view prefix, bool is_whole_body,
                         BodyFacts& out);

// True for a multipart/form-data content type, whatever its parameters.
bool IsMultipartForm(std::string_view content_type);

}  // namespace llmgw::parse

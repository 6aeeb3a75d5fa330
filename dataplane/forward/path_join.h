#pragma once

#include <string>
#include <string_view>

namespace llmgw::forward {

// The path at the upstream: its endpoint's base path, then the request path without the route's
// prefix. A version segment is given once:
// "/v1" is not doubled when base and rest both have it, and not lost when the prefix ends in it and
// the endpoint has no path at all.
//
//   prefix  request       base     result
//   /v1     /v1/models    /v1      /v1/models
//   /v1     /v1/models    (none)   /v1/models
//   /v1     /v1/models    /v2      /v2/models
//   /       /v1/models    /v1      /v1/models
//   /azure  /azure/x      /a/b     /a/b/x
//
// REQUIRES: `path` begins with `prefix` on a segment boundary; base has no trailing '/'.
void AppendUpstreamPath(std::string& out, std::string_view base, std::string_view prefix,
                        std::string_view path);

}  // namespace llmgw::forward

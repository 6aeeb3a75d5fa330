#pragma once

#include <string>

#include "dataplane/net/http1/head.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::pipeline {

// Cross-origin headers (https://fetch.spec.whatwg.org/#http-cors-protocol) as whole lines with
// CRLF.

// For a real response; nothing when the route has CORS off or the origin is not allowed.
void AppendCorsHeaders(std::string& out, const settings::CorsSettings& cors,
                       const net::http1::RequestHead& head);

// For the answer to OPTIONS.
void AppendPreflightHeaders(std::string& out, const settings::CorsSettings& cors,
                            const net::http1::RequestHead& head);

}  // namespace llmgw::pipeline

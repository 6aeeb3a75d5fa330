#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dataplane/forward/forward_request.h"
#include "dataplane/net/http1/head.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// How the body of a request goes to the upstream.
struct RequestFraming {
  bool has_body = false;
  std::optional<uint64_t> length;  // unset: chunked
};

// Writes the head that the upstream gets: request line, Host, every end-to-end header of the client
// (or the minimal set), the adapter's own lines, framing. Left out: hop-by-hop headers and those
// named by Connection (RFC 9110 7.6.1), Expect, the client's credential headers and cookies, and
// Accept-Encoding, so that usage can be read from the answer. `target` is the path and query at the
// upstream; `own_headers` are whole header lines, the credential among them. In passthrough mode
// the client's own credential headers stay, but for the one that is a key of this gateway; the same
// goes for keys among the subprotocols of a WebSocket handshake. A request that may switch
// protocols asks the upstream for what its client asked for; the handshake's own headers pass as
// they are.
void WriteUpstreamHead(std::string& out, const ForwardRequest& request,
                       const settings::UpstreamSettings& upstream, std::string_view target,
                       std::string_view own_headers, RequestFraming framing);

// How a response body goes to the client. kSwitched: there is none, another protocol follows (101).
enum class ResponseFraming : uint8_t { kNone, kLength, kChunked, kUntilClose, kSwitched };

// Writes the head that the client gets: the upstream's status and end-to-end headers,
// `extra_headers`, framing and connection.
void WriteClientHead(std::string& out, const ForwardRequest& request,
                     const net::http1::ResponseHead& head, ResponseFraming framing);
// The same, with other lines instead of the request's `extra_headers`.
void WriteClientHead(std::string& out, const ForwardRequest& request,
                     const net::http1::ResponseHead& head, ResponseFraming framing,
                     std::string_view extra_headers);

}  // namespace llmgw::forward

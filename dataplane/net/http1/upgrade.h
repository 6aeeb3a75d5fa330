#pragma once

#include "dataplane/net/http1/head.h"

// Switching protocols (RFC 9110 7.8): which requests may ask an upstream for it, and which answers
// grant it. Pure functions.
namespace llmgw::net::http1 {

// The request asks to switch to a protocol that may be tunnelled. False, so that it is forwarded as
// a plain request, when it
//   - names no protocol, or is HTTP/1.0 (whose Upgrade is ignored);
//   - has a body: where it ends and the new protocol begins is one more thing for two hops to
//     disagree about;
//   - names a protocol that carries HTTP (h2c, h2, HTTP/…, TLS/…): the requests within it would
//     reach the upstream unseen.
bool AsksToSwitch(const RequestHead& head);

// One of the protocols asked for is WebSocket (RFC 6455 4.1).
bool AsksForWebsocket(const RequestHead& head);

// REQUIRES: answer.status is 101. It switches, to nothing that was not asked for: a server names in
// Upgrade what it switches to, and may choose only from the client's list.
bool GrantsSwitch(const RequestHead& asked, const ResponseHead& answer);

// REQUIRES: GrantsSwitch. What follows is WebSocket frames.
bool SwitchesToWebsocket(const ResponseHead& answer);

}  // namespace llmgw::net::http1

#pragma once

#include <string_view>

namespace llmgw::model {

// Browsers let a page set no header of a WebSocket handshake, so OpenAI's clients there send the
// API key as one of the subprotocols they offer: "openai-insecure-api-key.KEY" (openai-node,
// src/realtime/websocket.ts). RFC 6455 11.3.4: Sec-WebSocket-Protocol is a list, possibly over
// several header lines.

// Takes the next subprotocol off such a list; empty at its end.
std::string_view TakeSubprotocol(std::string_view& list);

// The key in one subprotocol; empty when it carries none.
std::string_view KeyInSubprotocol(std::string_view subprotocol);

}  // namespace llmgw::model

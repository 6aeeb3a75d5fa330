#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/model/failure.h"
#include "dataplane/model/request_facts.h"
#include "dataplane/net/http1/server_exchange.h"

namespace llmgw::parse {

// Learns what a request asks for from its head and the part of its body that is held. A JSON object
// or multipart form is peeked into; anything else (no body, other types, a body too large to be
// kept whose model was not in its beginning) has its path for a model, which an allow list must
// name. A WebSocket handshake names its model in the query. A body or query that can be read in two
// ways is refused with 400. Never waits.
tl::expected<model::RequestFacts, model::Failure> ParseRequest(const net::http1::RequestHead& head,
                                                               std::string_view path,
                                                               const net::http1::BufferedBody& body,
                                                               bool body_is_whole);

}  // namespace llmgw::parse

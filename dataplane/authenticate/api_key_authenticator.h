#pragma once

#include <chrono>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/model/caller.h"
#include "dataplane/model/failure.h"
#include "dataplane/net/http1/head.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::authenticate {

// Tells who sends a request. The token is taken from `Authorization` (with or without "Bearer"),
// else `x-api-key`, else `api-key`, else (in an upgrade request) an offered subprotocol
// `openai-insecure-api-key.KEY`; the first of them that holds a key of this gateway decides.
// Tokens are compared as keyed hashes only. Stateless; never waits.
class ApiKeyAuthenticator {
 public:
  // `client` is the address that the request came from. A failure is a 401 or 403 with its reason;
  // nothing in it quotes the token.
  static tl::expected<model::Caller, model::Failure> Authenticate(
      const net::http1::RequestHead& head, const model::MatchedRoute& route,
      const settings::RuntimeSettings& settings, std::chrono::system_clock::time_point now,
      std::string_view client);
};

}  // namespace llmgw::authenticate

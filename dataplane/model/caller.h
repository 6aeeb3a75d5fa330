#pragma once

namespace llmgw::settings {
struct KeySettings;
struct RouteSettings;
}  // namespace llmgw::settings
namespace llmgw::route {
class Router;
}
namespace llmgw::authenticate {
class ApiKeyAuthenticator;
}

namespace llmgw::model {

// A request's route, found by host and path. Only the router makes one.
class MatchedRoute {
 public:
  const settings::RouteSettings& settings() const { return *settings_; }

 private:
  friend class route::Router;
  explicit MatchedRoute(const settings::RouteSettings& settings) : settings_(&settings) {}
  const settings::RouteSettings* settings_;
};

// Which request header proved who the caller is; it is never forwarded. kSubprotocol: one of the
// subprotocols that a WebSocket handshake offers (subprotocol_key.h); the others are.
enum class CredentialHeader : unsigned char {
  kNone,
  kAuthorization,
  kXApiKey,
  kApiKey,
  kSubprotocol
};

// Somebody who may use the matched route. Only the authenticator makes one, so a request that
// skipped it can't be written down.
class Caller {
 public:
  // Null on an open route.
  const settings::KeySettings* key() const { return key_; }
  CredentialHeader credential_header() const { return header_; }

 private:
  friend class authenticate::ApiKeyAuthenticator;
  Caller(const settings::KeySettings* key, CredentialHeader header) : key_(key), header_(header) {}
  const settings::KeySettings* key_;
  CredentialHeader header_;
};

}  // namespace llmgw::model

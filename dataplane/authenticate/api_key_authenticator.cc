#include "dataplane/authenticate/api_key_authenticator.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "dataplane/model/subprotocol_key.h"

namespace llmgw::authenticate {
namespace {

using model::CredentialHeader;
using net::http1::HeaderId;

// RFC 9110 11.1: the scheme is case-insensitive. A bare token is accepted too, as openai-api-route
// did.
std::string_view StripBearer(std::string_view value) {
  static constexpr std::string_view kBearer = "bearer ";
  const bool has_scheme =
      value.size() > kBearer.size() &&
      std::equal(kBearer.begin(), kBearer.end(), value.begin(), [](char a, char b) {
        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b | 0x20) : b);
      });
  if (has_scheme) value.remove_prefix(kBearer.size());
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  return value;
}

// Why a key of this gateway is not good here, if it is not.
std::optional<model::Failure> WhyNot(const settings::KeySettings& key,
                                     const settings::RouteSettings& route,
                                     std::chrono::system_clock::time_point now,
                                     std::string_view client) {
  if (key.disabled) return model::RevokedKey();
  if (key.expires_at && *key.expires_at <= now) return model::ExpiredKey();
  if (!key.any_route &&
      std::find(key.routes.begin(), key.routes.end(), &route) == key.routes.end()) {
    return model::RouteNotAllowed(route.name);
  }
  if (key.addresses != nullptr && !key.addresses->Admits(client))
    return model::KeyAddressNotAllowed(client);
  return std::nullopt;
}

// The first key of this gateway among the offered subprotocols. `any_token`: there was one that
// might be.
const settings::KeySettings* KeyInSubprotocols(const net::http1::RequestHead& head,
                                               const settings::RuntimeSettings& settings,
                                               bool& any_token) {
  for (const net::http1::HeaderView& header : head.headers) {
    if (header.id != HeaderId::kSecWebsocket ||
        !net::http1::EqualsIgnoreCase(header.name, "sec-websocket-protocol"))
      continue;
    std::string_view list = header.value;
    for (std::string_view offered = model::TakeSubprotocol(list); !offered.empty();
         offered = model::TakeSubprotocol(list)) {
      const std::string_view token = model::KeyInSubprotocol(offered);
      if (token.empty()) continue;
      any_token = true;
      if (const settings::KeySettings* key = settings.FindKey(settings.HashToken(token)))
        return key;
    }
  }
  return nullptr;
}

}  // namespace

tl::expected<model::Caller, model::Failure> ApiKeyAuthenticator::Authenticate(
    const net::http1::RequestHead& head, const model::MatchedRoute& route,
    const settings::RuntimeSettings& settings, std::chrono::system_clock::time_point now,
    std::string_view client) {
  const settings::RouteSettings& matched = route.settings();
  if (matched.auth == settings::AuthMode::kOpen)
    return model::Caller(nullptr, CredentialHeader::kNone);

  static constexpr std::array<std::pair<HeaderId, CredentialHeader>, 3> kSources{
      {{HeaderId::kAuthorization, CredentialHeader::kAuthorization},
       {HeaderId::kXApiKey, CredentialHeader::kXApiKey},
       {HeaderId::kApiKey, CredentialHeader::kApiKey}}};
  bool any_token = false;
  for (const auto& [id, source] : kSources) {
    const net::http1::HeaderView* header = head.Find(id);
    if (header == nullptr) continue;
    const std::string_view token = StripBearer(header->value);
    if (token.empty()) continue;
    any_token = true;
    const settings::KeySettings* key = settings.FindKey(settings.HashToken(token));
    if (key == nullptr) continue;
    if (auto why = WhyNot(*key, matched, now, client)) return tl::unexpected(std::move(*why));
    return model::Caller(key, source);
  }
  if (head.upgrade) {
    if (const settings::KeySettings* key = KeyInSubprotocols(head, settings, any_token)) {
      if (auto why = WhyNot(*key, matched, now, client)) return tl::unexpected(std::move(*why));
      return model::Caller(key, CredentialHeader::kSubprotocol);
    }
  }
  return tl::unexpected(any_token ? model::InvalidKey() : model::MissingKey());
}

}  // namespace llmgw::authenticate

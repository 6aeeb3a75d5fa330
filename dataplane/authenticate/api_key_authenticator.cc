#include "dataplane/authenticate/api_key_authenticator.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

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

}  // namespace

tl::expected<model::Caller, model::Failure> ApiKeyAuthenticator::Authenticate(
    const net::http1::RequestHead& head, const model::MatchedRoute& route,
    const settings::RuntimeSettings& settings, std::chrono::system_clock::time_point now) {
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
    if (key->disabled) return tl::unexpected(model::RevokedKey());
    if (key->expires_at && *key->expires_at <= now) return tl::unexpected(model::ExpiredKey());
    if (!key->any_route &&
        std::find(key->routes.begin(), key->routes.end(), &matched) == key->routes.end()) {
      return tl::unexpected(model::RouteNotAllowed(matched.name));
    }
    return model::Caller(key, source);
  }
  return tl::unexpected(any_token ? model::InvalidKey() : model::MissingKey());
}

}  // namespace llmgw::authenticate

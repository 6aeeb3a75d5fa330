#include "dataplane/config_sync/outbound_compiler.h"

#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "common/config/endpoint.h"
#include "common/config/upstream_secrets.h"
#include "common/crypto/digest.h"
#include "dataplane/net/address.h"

namespace llmgw::config_sync {
namespace {

using std::chrono::milliseconds;

std::string Normal(std::string_view name) {
  std::string normal(name);
  for (char& c : normal) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (normal.size() > 1 && normal.back() == '.') normal.pop_back();
  return normal;
}

bool Names(const std::string& entry, const std::string& host) {
  if (entry == "*" || entry == host) return true;
  if (net::IsIpLiteral(host)) {
    const auto range = net::IpRanges::Parse({entry});
    return range && range->Contains(std::string_view(host));
  }
  if (!entry.starts_with('.')) return false;
  return host.ends_with(entry) || host == entry.substr(1);
}

// RFC 7617 2, in UTF-8.
SecretString BasicCredentials(const std::string& user, const std::string& password) {
  const SecretString plain(user + ":" + password);
  std::string text(4 * ((plain.Reveal().size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(plain.Reveal().data()),
                                   static_cast<int>(plain.Reveal().size()));
  text.resize(static_cast<size_t>(size));
  const SecretString encoded(std::move(text));
  return SecretString("Basic " + encoded.Reveal());
}

std::string SecretOf(const config::v1::Outbound& outbound, const char* id) {
  const config::v1::Credential* secret = config::FindSecret(outbound, id);
  return secret == nullptr ? std::string() : secret->secret();
}

std::optional<settings::ProxySettings> ProxyOf(const config::v1::Outbound& outbound,
                                               std::string_view endpoint_host) {
  if (outbound.proxy().empty() || NamedByNoProxy(endpoint_host, outbound.no_proxy())) return {};
  auto endpoint = config::ParseEndpoint(outbound.proxy());
  if (!endpoint) return {};
  settings::ProxySettings proxy;
  proxy.host = std::move(endpoint->host);
  proxy.port = endpoint->port;
  proxy.name = "http://" + endpoint->authority;
  if (!outbound.proxy_user().empty()) {
    proxy.credentials =
        BasicCredentials(outbound.proxy_user(), SecretOf(outbound, config::kProxyPassword));
  }
  return proxy;
}

milliseconds TtlOf(const google::protobuf::Duration& duration) {
  return milliseconds(duration.seconds() * 1000 + duration.nanos() / 1'000'000);
}

std::string Digest(std::string_view text) {
  const auto digest = crypto::Sha256(text);
  return crypto::ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

bool NamedByNoProxy(std::string_view host,
                    const google::protobuf::RepeatedPtrField<std::string>& no_proxy) {
  const std::string name = Normal(host);
  return std::any_of(no_proxy.begin(), no_proxy.end(),
                     [&](const std::string& entry) { return Names(Normal(entry), name); });
}

settings::OutboundSettings OutboundOf(const config::v1::Outbound& outbound,
                                      std::string_view endpoint_host) {
  settings::OutboundSettings out;
  out.proxy = ProxyOf(outbound, endpoint_host);
  out.client_certificate_pem = outbound.client_certificate_pem();
  out.client_key = SecretString(SecretOf(outbound, config::kClientKey));
  if (outbound.has_dns_min_ttl()) out.dns.min_ttl = TtlOf(outbound.dns_min_ttl());
  if (outbound.has_dns_max_ttl()) out.dns.max_ttl = TtlOf(outbound.dns_max_ttl());
  out.allow_addresses = {outbound.allow_addresses().begin(), outbound.allow_addresses().end()};
  if (auto allowed = net::IpRanges::Parse(out.allow_addresses)) out.allowed = std::move(*allowed);
  return out;
}

std::string TransportKey(const settings::OutboundSettings& outbound) {
  std::string key;
  if (outbound.proxy) {
    key += "|proxy=" + outbound.proxy->name;
    if (!outbound.proxy->credentials.empty())
      key += "," + Digest(outbound.proxy->credentials.Reveal());
  }
  if (!outbound.client_certificate_pem.empty()) {
    key += "|certificate=" + Digest(outbound.client_certificate_pem) + "," +
           Digest(outbound.client_key.Reveal());
  }
  for (const std::string& address : outbound.allow_addresses) key += "|allow=" + address;
  return key;
}

}  // namespace llmgw::config_sync

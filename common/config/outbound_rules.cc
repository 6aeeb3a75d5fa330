#include <string>
#include <unordered_set>
#include <utility>

#include "common/config/endpoint.h"
#include "common/config/pem.h"
#include "common/config/resource_rules.h"
#include "common/config/upstream_secrets.h"
#include "common/config/validate.h"

namespace llmgw::config {
namespace {

constexpr size_t kLongestUser = 256;
constexpr size_t kLongestSecret = 64 << 10;
constexpr size_t kLongestPem = 1 << 20;
constexpr size_t kLongestPath = 4096;
constexpr int kMostEntries = 100;
constexpr char kLineBreaks[] = "\r\n\t";

// "10.0.0.0/8", "2001:db8::/32" or one address.
bool IsAddressRange(const std::string& text) { return CheckAddressRange(text).empty(); }

bool IsNoProxyEntry(const std::string& entry) {
  if (entry == "*" || IsAddressRange(entry)) return true;
  return IsHost(entry.starts_with('.') ? std::string_view(entry).substr(1) : entry);
}

template <typename Good>
void CheckList(const std::string& field, const Strings& entries, Good good, const char* wrong,
               Faults& faults) {
  if (entries.size() > kMostEntries) return faults.Add(field, "must have at most 100 entries");
  std::unordered_set<std::string_view> seen;
  for (int i = 0; i < entries.size(); ++i) {
    if (!good(entries[i])) faults.AddAt(field, i, wrong);
    if (!seen.insert(entries[i]).second) faults.AddAt(field, i, "stands twice in the list");
  }
}

void CheckProxyUrl(const std::string& proxy, Faults& faults) {
  if (proxy.find('@') != std::string::npos) {
    return faults.Add("outbound.proxy",
                      "must have no user part; give outbound.proxy_user and the secret "
                      "proxy_password");
  }
  if (proxy.starts_with("https://")) {
    return faults.Add("outbound.proxy",
                      "TLS to the proxy itself is not supported yet; write http://HOST:PORT (what "
                      "goes through it to https endpoints is under TLS all the same)");
  }
  auto endpoint = ParseEndpoint(proxy);
  if (!endpoint) return faults.Add("outbound.proxy", endpoint.error().message);
  if (!endpoint->base_path.empty()) faults.Add("outbound.proxy", "must have no path");
}

void CheckProxy(const v1::Outbound& outbound, Faults& faults) {
  const bool password = FindSecret(outbound, kProxyPassword) != nullptr;
  if (outbound.proxy().empty()) {
    if (!outbound.no_proxy().empty()) faults.Add("outbound.no_proxy", "is for outbound.proxy");
    if (!outbound.proxy_user().empty()) faults.Add("outbound.proxy_user", "is for outbound.proxy");
  } else {
    CheckProxyUrl(outbound.proxy(), faults);
  }
  if (password && outbound.proxy_user().empty()) {
    faults.Add("outbound.secrets", "proxy_password is for outbound.proxy_user");
  }
  faults.CheckText("outbound.proxy_user", outbound.proxy_user(), kLongestUser);
  // RFC 7617 2: the first ':' ends the user.
  if (outbound.proxy_user().find(':') != std::string::npos) {
    faults.Add("outbound.proxy_user", "must have no ':'");
  }
  CheckList("outbound.no_proxy", outbound.no_proxy(), IsNoProxyEntry,
            "must be a host name, .suffix, an IP address, a range such as 10.0.0.0/8, or *",
            faults);
}

void CheckClientCertificate(const v1::Outbound& outbound, bool https, Faults& faults) {
  constexpr char kField[] = "outbound.client_certificate_pem";
  const std::string& chain = outbound.client_certificate_pem();
  const v1::Credential* key = FindSecret(outbound, kClientKey);
  if (chain.empty()) {
    if (key != nullptr) {
      faults.Add("outbound.secrets", "client_key is for outbound.client_certificate_pem");
    }
    return;
  }
  if (!https) faults.Add(kField, "is for an https endpoint");
  faults.CheckText(kField, chain, kLongestPem, kLineBreaks);
  if (HoldsPrivateKey(chain)) {
    return faults.Add(kField, "has a private key in it: that goes into the secret client_key");
  }
  if (!HasCertificates(chain)) {
    return faults.Add(kField, "must be PEM certificates (-----BEGIN CERTIFICATE-----)");
  }
  if (key == nullptr) {
    return faults.Add(kField, "needs its private key: the secret client_key");
  }
  // Elsewhere (sealed, or in a file) it can't be looked at.
  if (!key->secret().empty() && IsPrivateKey(key->secret()) && !KeyMatches(chain, key->secret())) {
    faults.Add(kField, "is not the certificate of the secret client_key");
  }
}

void CheckSecret(const v1::Credential& secret, const std::string& path, Faults& faults) {
  if (secret.id() != kProxyPassword && secret.id() != kClientKey) {
    faults.Add(path + ".id", "must be one of proxy_password, client_key");
  }
  if (!secret.levels().empty()) faults.Add(path + ".levels", "is for credentials");
  const int sources =
      !secret.secret().empty() + !secret.secret_env().empty() + !secret.secret_file().empty();
  if (sources == 0) faults.Add(path + ".secret", "is needed");
  if (sources > 1) {
    faults.Add(path + ".secret", "give only one of secret, secret_env and secret_file");
  }
  const bool is_key = secret.id() == kClientKey;
  faults.CheckText(path + ".secret", secret.secret(), kLongestSecret, is_key ? kLineBreaks : "");
  if (is_key && !secret.secret().empty() && !IsPrivateKey(secret.secret())) {
    faults.Add(path + ".secret", "must be a private key in PEM, without a passphrase");
  }
  faults.CheckText(path + ".hint", secret.hint(), 16);
  faults.CheckText(path + ".secret_env", secret.secret_env(), 256);
  faults.CheckText(path + ".secret_file", secret.secret_file(), kLongestPath);
}

void CheckSecrets(const v1::Outbound& outbound, Faults& faults) {
  std::unordered_set<std::string_view> ids;
  for (int i = 0; i < outbound.secrets_size(); ++i) {
    const std::string path = "outbound.secrets[" + std::to_string(i) + "]";
    CheckSecret(outbound.secrets(i), path, faults);
    if (!ids.insert(outbound.secrets(i).id()).second) faults.Add(path + ".id", "stands twice");
  }
}

void CheckTtls(const v1::Outbound& outbound, Faults& faults) {
  const auto& min = outbound.dns_min_ttl();
  const auto& max = outbound.dns_max_ttl();
  if (outbound.has_dns_min_ttl())
    faults.CheckDuration("outbound.dns_min_ttl", min, Faults::Zero::kAllowed);
  if (outbound.has_dns_max_ttl())
    faults.CheckDuration("outbound.dns_max_ttl", max, Faults::Zero::kRefused);
  using Time = std::pair<int64_t, int32_t>;
  const Time at_least = outbound.has_dns_min_ttl() ? Time(min.seconds(), min.nanos()) : Time(1, 0);
  const Time at_most = outbound.has_dns_max_ttl() ? Time(max.seconds(), max.nanos()) : Time(300, 0);
  // A zero has been refused already.
  if (at_most > Time(0, 0) && at_most < at_least) {
    faults.Add("outbound.dns_max_ttl", "must not be less than outbound.dns_min_ttl");
  }
}

}  // namespace

void CheckOutbound(const v1::Outbound& outbound, bool https, Faults& faults) {
  CheckProxy(outbound, faults);
  CheckClientCertificate(outbound, https, faults);
  CheckSecrets(outbound, faults);
  CheckTtls(outbound, faults);
  CheckList("outbound.allow_addresses", outbound.allow_addresses(), IsAddressRange,
            "must be an IP address or a range such as 169.254.1.0/24", faults);
}

}  // namespace llmgw::config

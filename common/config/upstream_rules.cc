#include <unordered_set>

#include "common/config/endpoint.h"
#include "common/config/pem.h"
#include "common/config/resource_rules.h"
#include "common/config/validate.h"

namespace llmgw::config {
namespace {

constexpr size_t kLongestSecret = 8192;
constexpr size_t kLongestPem = 1 << 20;
constexpr size_t kLongestPath = 4096;
constexpr uint32_t kMostRetries = 10;
constexpr int kMostCredentials = 100;

void CheckCredential(const v1::Credential& credential, const std::string& path, Faults& faults) {
  if (!credential.id().empty()) {
    if (auto fault = CheckName(credential.id()); !fault.empty()) faults.Add(path + ".id", fault);
  }
  int sources = !credential.secret().empty() + !credential.secret_env().empty() +
                !credential.secret_file().empty();
  if (sources == 0) faults.Add(path + ".secret", "is needed");
  if (sources > 1) {
    faults.Add(path + ".secret", "give only one of secret, secret_env and secret_file");
  }
  if (!IsVisibleAscii(credential.secret())) {
    faults.Add(path + ".secret",
               "must have only visible ASCII characters; look for a space or line break in it");
  }
  faults.CheckText(path + ".secret", credential.secret(), kLongestSecret, "\r\n\t");
  faults.CheckText(path + ".hint", credential.hint(), 16);
  faults.CheckText(path + ".secret_env", credential.secret_env(), 256);
  faults.CheckText(path + ".secret_file", credential.secret_file(), kLongestPath);
}

void CheckCredentials(const v1::Upstream& upstream, const KnownNames& known, Faults& faults) {
  if (upstream.credentials_size() > kMostCredentials) {
    faults.Add("credentials", "must have at most 100 entries");
  }
  std::unordered_set<std::string_view> ids;
  for (int i = 0; i < upstream.credentials_size(); ++i) {
    const auto& credential = upstream.credentials(i);
    std::string path = "credentials[" + std::to_string(i) + "]";
    CheckCredential(credential, path, faults);
    faults.CheckReferences(path + ".levels", credential.levels(), "level", known.levels);
    if (!credential.id().empty() && !ids.insert(credential.id()).second) {
      faults.Add(path + ".id", "is the id of another credential of this upstream");
    }
  }
  bool stored = upstream.credential_mode().empty() || upstream.credential_mode() == "stored";
  if (stored && upstream.kind() != "mock" && upstream.credentials().empty()) {
    faults.Add("credentials",
               "needs one, unless credential_mode is passthrough (the client's own) or none");
  }
}

void CheckTimeouts(const v1::Timeouts& timeouts, Faults& faults) {
  auto check = [&](bool set, const char* field, const google::protobuf::Duration& value) {
    if (set) faults.CheckDuration(field, value, Faults::Zero::kRefused);
  };
  check(timeouts.has_connect(), "timeouts.connect", timeouts.connect());
  check(timeouts.has_first_byte(), "timeouts.first_byte", timeouts.first_byte());
  check(timeouts.has_first_byte_stream(), "timeouts.first_byte_stream",
        timeouts.first_byte_stream());
  check(timeouts.has_idle(), "timeouts.idle", timeouts.idle());
  check(timeouts.has_total(), "timeouts.total", timeouts.total());
}

void CheckTls(const v1::UpstreamTls& tls, bool https, Faults& faults) {
  if (!https) return faults.Add("tls", "is for an https endpoint");
  if (!tls.ca_pem().empty()) {
    faults.CheckText("tls.ca_pem", tls.ca_pem(), kLongestPem, "\r\n\t");
    if (HoldsPrivateKey(tls.ca_pem())) {
      faults.Add("tls.ca_pem", "has a private key in it: give certificates alone");
    } else if (!HasCertificates(tls.ca_pem())) {
      faults.Add("tls.ca_pem", "must be PEM certificates (-----BEGIN CERTIFICATE-----)");
    }
  }
  if (!tls.server_name().empty() && !IsHost(tls.server_name())) {
    faults.Add("tls.server_name", "must be a host name");
  }
}

}  // namespace

void CheckUpstream(const v1::Upstream& upstream, const KnownNames& known, Faults& faults) {
  if (auto fault = CheckName(upstream.name()); !fault.empty()) faults.Add("name", fault);
  CheckKind(upstream, faults);
  bool https = false;
  if (upstream.kind() != "mock" || !upstream.endpoint().empty()) {
    auto endpoint = ParseEndpoint(upstream.endpoint());
    if (!endpoint) faults.Add("endpoint", endpoint.error().message);
    // With a broken endpoint there is nothing to say about its TLS settings.
    https = !endpoint || endpoint->tls;
  }
  faults.CheckChoice("credential_mode", upstream.credential_mode(),
                     {"stored", "passthrough", "none"});
  CheckCredentials(upstream, known, faults);
  faults.CheckChoice("headers", upstream.headers(), {"all", "minimal"});
  faults.CheckModelPatterns("allow", upstream.allow());
  faults.CheckModelPatterns("deny", upstream.deny());
  CheckModelMap(upstream, faults);
  CheckTimeouts(upstream.timeouts(), faults);
  if (upstream.retries() > kMostRetries) faults.Add("retries", "must be at most 10");
  if (upstream.has_tls()) CheckTls(upstream.tls(), https, faults);
  if (upstream.has_outbound()) CheckOutbound(upstream.outbound(), https, faults);
  CheckHealth(upstream.health(), upstream.kind() != "mock", faults);
}

}  // namespace llmgw::config

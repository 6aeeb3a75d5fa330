#include "dataplane/app/tls_options.h"

#include "common/daemon/options.h"

namespace llmgw::app {
namespace {

constexpr char kOff[] = "off";
constexpr char kRequest[] = "request";
constexpr char kRequire[] = "require";

std::string Count(size_t n, const char* what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace

net::TlsServerFiles TlsOptions::Files() const {
  net::TlsServerFiles files;
  for (size_t i = 0; i < certificates.size(); ++i) {
    files.certificates.push_back({certificates[i], keys[i]});
  }
  files.client_ca_file = client_ca;
  if (client_auth == kRequest) files.client_auth = net::TlsClientAuth::kRequest;
  if (client_auth == kRequire) files.client_auth = net::TlsClientAuth::kRequire;
  return files;
}

void DeclareTls(daemon::Options& declared, TlsOptions& options) {
  declared.AddList(
      "tls-cert", options.certificates,
      "PEM certificate chain, the server's own first; with it clients speak TLS. "
      "Several for several names, each with its --tls-key: a client gets the one whose "
      "name it asks for, otherwise the first. Changed files are taken without a "
      "restart.");
  declared.AddList("tls-key", options.keys,
                   "PEM key of the certificate in the same place of --tls-cert (mode 0600, without "
                   "a passphrase).");
  declared.AddPath("tls-client-ca", options.client_ca,
                   "PEM file of the CAs that issue clients' certificates, for --tls-client-auth.");
  declared.AddChoice("tls-client-auth", options.client_auth, {kOff, kRequest, kRequire},
                     "Whether clients show a certificate of --tls-client-ca. With request they may "
                     "come without, but not with a wrong one; they need a key in any case.");
}

void CheckTls(const TlsOptions& options, std::vector<Error>& faults) {
  if (options.certificates.size() != options.keys.size()) {
    const bool without_key = options.certificates.size() > options.keys.size();
    faults.push_back(
        InvalidArgument(without_key ? "tls-key" : "tls-cert",
                        "each --tls-cert needs its --tls-key, in the same order: there are " +
                            Count(options.certificates.size(), "certificate") + " and " +
                            Count(options.keys.size(), "key")));
    return;
  }
  const bool checks_clients = options.client_auth != kOff;
  if (checks_clients && !options.enabled()) {
    faults.push_back(InvalidArgument("tls-client-auth", "is of no use without --tls-cert"));
    return;
  }
  if (!checks_clients && !options.client_ca.empty()) {
    faults.push_back(InvalidArgument(
        "tls-client-ca", "is of no use unless --tls-client-auth is request or require"));
    return;
  }
  if (!options.enabled()) return;
  if (auto context = net::TlsServerContext::Make(options.Files(), nullptr); !context) {
    faults.push_back(std::move(context.error()));
  }
}

}  // namespace llmgw::app

#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "dataplane/net/tls_server_context.h"

namespace llmgw::daemon {
class Options;
}

namespace llmgw::app {

// TLS to clients, as it is set: certificates and keys pair up by their order.
struct TlsOptions {
  std::vector<std::string> certificates;  // empty: clients speak plain HTTP
  std::vector<std::string> keys;
  std::string client_ca;
  std::string client_auth = "off";

  bool enabled() const { return !certificates.empty(); }
  // REQUIRES: CheckTls found nothing.
  net::TlsServerFiles Files() const;
};

// Declares --tls-cert, --tls-key, --tls-client-ca and --tls-client-auth.
void DeclareTls(daemon::Options& declared, TlsOptions& options);

// Adds what is wrong with them, the files' content included.
void CheckTls(const TlsOptions& options, std::vector<Error>& faults);

}  // namespace llmgw::app

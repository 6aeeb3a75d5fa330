#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"

struct ssl_ctx_st;

namespace llmgw::net {

class TlsTicketKeys;

enum class TlsClientAuth : uint8_t {
  kOff,
  kRequest,  // a client may come without a certificate, but not with one that is not accepted
  kRequire,
};

// The files that a TLS server is made of, all PEM.
struct TlsServerFiles {
  struct Certificate {
    std::string chain_file;  // the leaf, then its issuers
    std::string key_file;
  };
  std::vector<Certificate> certificates{};  // the first one serves names that none has
  std::string client_ca_file{};             // who may issue clients' certificates; for client_auth
  TlsClientAuth client_auth = TlsClientAuth::kOff;
};

// How to be a TLS server: TLS 1.2 or later, forward secrecy and AEAD only, certificates chosen by
// the server name that clients ask for (SNI), ALPN "http/1.1", resumption by sealed tickets, no
// renegotiation, no compression. Immutable and safe to share between workers. Making one reads and
// parses files (milliseconds), so it is done at start and by whoever watches the files.
class TlsServerContext {
 public:
  struct CertificateInfo {
    std::string file;
    std::vector<std::string> names;  // dNSNames
    std::chrono::system_clock::time_point expires;
  };

  // Errors have the field "tls-cert", "tls-key", "tls-client-ca" or "tls-client-auth" and name the
  // file. `keys` outlives all contexts made with it: clients resume sessions of any of them, unless
  // clients' certificates are checked by other rules. Null: only to see whether the files are good.
  static Result<std::shared_ptr<const TlsServerContext>> Make(const TlsServerFiles& files,
                                                              std::shared_ptr<TlsTicketKeys> keys);
  ~TlsServerContext();
  TlsServerContext(const TlsServerContext&) = delete;
  TlsServerContext& operator=(const TlsServerContext&) = delete;

  // In the order of the files.
  const std::vector<CertificateInfo>& certificates() const;
  // What an operator should look at, one sentence each.
  const std::vector<std::string>& warnings() const;

  // For new sessions. This object must outlive their handshakes.
  ssl_ctx_st* get() const;

 private:
  struct Impl;
  explicit TlsServerContext(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace llmgw::net

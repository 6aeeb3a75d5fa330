#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/base/secret_string.h"

struct ssl_ctx_st;

namespace llmgw::net {

struct TlsClientOptions {
  const std::string& ca_pem;           // the only CAs trusted; empty: the system's
  const std::string& certificate_pem;  // shown to a server that asks, leaf first; empty: none
  const SecretString& key_pem;         // its private key
};

// How to be a TLS client: TLS 1.2 or later, verification always on, ALPN "http/1.1". Immutable and
// safe to share between workers. Making one reads and parses certificates (milliseconds), so it is
// done when settings are applied, never on a request's path.
class TlsClientContext {
 public:
  // Errors never hold any of the key.
  static Result<std::shared_ptr<const TlsClientContext>> Make(const TlsClientOptions& options);

  ssl_ctx_st* get() const { return context_.get(); }

 private:
  struct Deleter {
    void operator()(ssl_ctx_st* context) const;
  };
  using Handle = std::unique_ptr<ssl_ctx_st, Deleter>;
  explicit TlsClientContext(Handle context) : context_(std::move(context)) {}

  Handle context_;
};

}  // namespace llmgw::net

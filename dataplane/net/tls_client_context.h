#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"

struct ssl_ctx_st;

namespace llmgw::net {

// How to be a TLS client: TLS 1.2 or later, verification always on, ALPN "http/1.1". Immutable and
// safe to share between workers. Making one reads and parses certificates (milliseconds), so it is
// done when settings are applied, never on a request's path.
class TlsClientContext {
 public:
  // `ca_pem`: the only CAs trusted; empty: the system's.
  static Result<std::shared_ptr<const TlsClientContext>> Make(const std::string& ca_pem);

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

#include "dataplane/net/tls_client_context.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace llmgw::net {
namespace {

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct X509Deleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

Status TrustOnly(SSL_CTX* context, const std::string& ca_pem) {
  const std::unique_ptr<BIO, BioDeleter> bio(
      BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size())));
  int count = 0;
  while (true) {
    const std::unique_ptr<X509, X509Deleter> certificate(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (certificate == nullptr) break;
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get()) != 1) {
      return Fail(InvalidArgument("tls.ca_pem", "holds a certificate that can't be used"));
    }
    ++count;
  }
  ERR_clear_error();
  if (count == 0) return Fail(InvalidArgument("tls.ca_pem", "holds no PEM certificate"));
  return {};
}

}  // namespace

void TlsClientContext::Deleter::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<std::shared_ptr<const TlsClientContext>> TlsClientContext::Make(const std::string& ca_pem) {
  Handle context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return Fail(Internal("OpenSSL: no TLS context"));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  // A record's header and content in one system call.
  SSL_CTX_set_read_ahead(context.get(), 1);
  // RFC 7301: a length byte before each protocol name.
  static constexpr unsigned char kAlpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context.get(), kAlpn, sizeof(kAlpn));
  // A peer that closes without close_notify is an error, not an end of file: anybody on the way can
  // forge such an end, and a body that ends at the close would pass for whole (RFC 9112 9.8).
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  if (ca_pem.empty()) {
    if (SSL_CTX_set_default_verify_paths(context.get()) != 1)
      return Fail(Internal("the system's CA certificates can't be read"));
  } else {
    TRY(TrustOnly(context.get(), ca_pem));
  }
  return std::shared_ptr<const TlsClientContext>(new TlsClientContext(std::move(context)));
}

}  // namespace llmgw::net

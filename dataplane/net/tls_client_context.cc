#include "dataplane/net/tls_client_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "dataplane/net/openssl_handles.h"

namespace llmgw::net {
namespace {

BioHandle Bio(const std::string& text) {
  return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Status TrustOnly(SSL_CTX* context, const std::string& ca_pem) {
  const BioHandle bio = Bio(ca_pem);
  int count = 0;
  while (true) {
    const X509Handle certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
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

// Without a passphrase, rather than asking a terminal for one.
int NoPassphrase(char*, int, int, void*) { return -1; }

Status ShowCertificate(SSL_CTX* context, const std::string& chain_pem, const SecretString& key) {
  const BioHandle chain = Bio(chain_pem);
  const X509Handle leaf(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
  bool good = leaf != nullptr && SSL_CTX_use_certificate(context, leaf.get()) == 1;
  while (good) {
    const X509Handle issuer(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
    if (issuer == nullptr) break;
    good = SSL_CTX_add1_chain_cert(context, issuer.get()) == 1;
  }
  ERR_clear_error();
  if (!good) {
    return Fail(InvalidArgument("outbound.client_certificate_pem", "holds no usable certificate"));
  }
  const BioHandle bio = Bio(key.Reveal());
  const KeyHandle private_key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  good = private_key != nullptr && SSL_CTX_use_PrivateKey(context, private_key.get()) == 1 &&
         SSL_CTX_check_private_key(context) == 1;
  ERR_clear_error();
  if (!good) {
    return Fail(InvalidArgument("outbound.secrets",
                                "client_key is not the key of outbound.client_certificate_pem"));
  }
  return {};
}

}  // namespace

void TlsClientContext::Deleter::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<std::shared_ptr<const TlsClientContext>> TlsClientContext::Make(
    const TlsClientOptions& options) {
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
  if (options.ca_pem.empty()) {
    if (SSL_CTX_set_default_verify_paths(context.get()) != 1)
      return Fail(Internal("the system's CA certificates can't be read"));
  } else {
    TRY(TrustOnly(context.get(), options.ca_pem));
  }
  if (!options.certificate_pem.empty()) {
    TRY(ShowCertificate(context.get(), options.certificate_pem, options.key_pem));
  }
  return std::shared_ptr<const TlsClientContext>(new TlsClientContext(std::move(context)));
}

}  // namespace llmgw::net

#include "dataplane/net/tls_server_context.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "dataplane/net/tls_certificate.h"
#include "dataplane/net/tls_server_names.h"
#include "dataplane/net/tls_ticket_keys.h"

namespace llmgw::net {

struct TlsServerContext::Impl {
  std::vector<CertificateInfo> certificates;
  std::vector<std::string> warnings;
  TlsServerNames names;
  std::shared_ptr<TlsTicketKeys> keys;
  std::vector<SslContextHandle> contexts;  // one for each certificate

  Status Add(const TlsServerFiles::Certificate& files);
  static int ChooseCertificate(SSL* ssl, int* alert, void* impl);
};

namespace {

// Mozilla's "intermediate" list without finite-field DH: every client of the last ten years has
// elliptic curves. AES-128 first: 256 bits cost a third more and protect from nothing known.
constexpr char kCiphers12[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char kCiphers13[] =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr char kGroups[] = "X25519:P-256:P-384";

// Where a context keeps its ticket keys.
int KeysIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::string LastSslError() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "OpenSSL refuses it";
}

// RFC 7301 3.2: without a protocol in common the handshake fails. A client that could not mean
// HTTP/1.1 must not be taken for one (ALPACA).
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* in, unsigned in_size, void*) {
  static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof(kHttp11), in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

bool SetMacKey(EVP_MAC_CTX* mac, const TlsTicketKeys::Key& key) {
  // OpenSSL's parameters are not const, but not written to either.
  auto* bytes = const_cast<unsigned char*>(key.mac.data());
  static char digest[] = "SHA256";
  const std::array<OSSL_PARAM, 3> parameters{
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, bytes, key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

// SSL_CTX_set_tlsext_ticket_key_evp_cb(3): 0 is "no ticket" or "not ours", 2 "good, but renew it".
int UseTicketKey(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                 EVP_MAC_CTX* mac, int sealing) {
  auto* keys = static_cast<TlsTicketKeys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), KeysIndex()));
  if (sealing == 1) {
    const auto key = keys->ForSealing();
    if (!key || RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return 0;
    std::copy(key->name.begin(), key->name.end(), name);
    const bool ready =
        EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv) == 1 &&
        SetMacKey(mac, *key);
    return ready ? 1 : -1;
  }
  const auto opening = keys->ForOpening(std::span<const unsigned char, 16>(name, 16));
  if (!opening) return 0;
  const bool ready =
      EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, opening->key.cipher.data(), iv) == 1 &&
      SetMacKey(mac, opening->key);
  if (!ready) return -1;
  return opening->renew ? 2 : 1;
}

// Sessions made under other rules for clients' certificates are not taken up: a resumed handshake
// does not check them again.
std::array<unsigned char, 32> SessionRules(const TlsServerFiles& files, const std::string& ca_pem) {
  const std::string rules =
      "llmgw " + std::to_string(static_cast<int>(files.client_auth)) + " " + ca_pem;
  std::array<unsigned char, 32> out{};
  EVP_Q_digest(nullptr, "SHA256", nullptr, rules.data(), rules.size(), out.data(), nullptr);
  return out;
}

void Configure(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kCiphers12);
  SSL_CTX_set_ciphersuites(context, kCiphers13);
  SSL_CTX_set1_groups_list(context, kGroups);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Buffers only while they hold something, and no chain but the file's.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  // A record's header and content in one system call.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  // Tickets only: nothing to keep here, and any worker can open them.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(context, std::chrono::seconds(TlsTicketKeys::kTicketLife).count());
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, UseTicketKey);
}

struct ClientTrust {
  X509StoreHandle store;
  std::vector<X509Handle> authorities;
  std::string pem;
};

Result<ClientTrust> LoadClientTrust(const TlsServerFiles& files) {
  ClientTrust trust;
  if (files.client_auth == TlsClientAuth::kOff) return trust;
  if (files.client_ca_file.empty()) {
    return Fail(InvalidArgument("tls-client-ca", "is needed to check clients' certificates"));
  }
  TRY_ASSIGN(trust.authorities,
             LoadPemCertificates("tls-client-ca", files.client_ca_file, &trust.pem));
  trust.store.reset(X509_STORE_new());
  for (const X509Handle& authority : trust.authorities) {
    if (X509_STORE_add_cert(trust.store.get(), authority.get()) != 1) {
      return Fail(InvalidArgument("tls-client-ca", "a certificate in " + files.client_ca_file +
                                                       " can't be used: " + LastSslError()));
    }
  }
  return trust;
}

void CheckClients(SSL_CTX* context, TlsClientAuth auth, const ClientTrust& trust) {
  if (auth == TlsClientAuth::kOff) return;
  const int required = auth == TlsClientAuth::kRequire ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | required, nullptr);
  SSL_CTX_set1_cert_store(context, trust.store.get());
  // Told to clients, so that one with several certificates sends the right one.
  for (const X509Handle& authority : trust.authorities) {
    SSL_CTX_add_client_CA(context, authority.get());
  }
}

Status UseCertificate(SSL_CTX* context, const TlsCertificate& certificate,
                      const std::string& file) {
  STACK_OF(X509)* chain = sk_X509_new_null();
  for (const X509Handle& issuer : certificate.chain) sk_X509_push(chain, issuer.get());
  const int used =
      SSL_CTX_use_cert_and_key(context, certificate.leaf.get(), certificate.key.get(), chain, 1);
  sk_X509_free(chain);
  if (used == 1) return {};
  return Fail(InvalidArgument("tls-cert",
                              "the certificate in " + file + " can't be used: " + LastSslError()));
}

}  // namespace

// Without a certificate for the name the default serves: clients that check another name, or none,
// may go on with it (RFC 6066 3 leaves it to the server).
int TlsServerContext::Impl::ChooseCertificate(SSL* ssl, int*, void* impl) {
  const Impl& self = *static_cast<const Impl*>(impl);
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  const std::optional<size_t> found = self.names.Find(name);
  if (found && *found != 0) SSL_set_SSL_CTX(ssl, self.contexts[*found].get());
  return SSL_TLSEXT_ERR_OK;
}

Status TlsServerContext::Impl::Add(const TlsServerFiles::Certificate& files) {
  TRY_ASSIGN(TlsCertificate certificate, LoadTlsCertificate(files.chain_file, files.key_file));
  SslContextHandle context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return Fail(Internal("OpenSSL: no TLS context"));
  Configure(context.get());
  SSL_CTX_set_ex_data(context.get(), KeysIndex(), keys.get());
  TRY(UseCertificate(context.get(), certificate, files.chain_file));
  for (const std::string& name : certificate.names) {
    if (!names.Add(name, contexts.size())) {
      warnings.push_back("the name " + name + " of the certificate in " + files.chain_file +
                         " is served with another certificate, listed before it");
    }
  }
  std::move(certificate.warnings.begin(), certificate.warnings.end(), std::back_inserter(warnings));
  certificates.push_back({files.chain_file, std::move(certificate.names), certificate.expires});
  contexts.push_back(std::move(context));
  return {};
}

Result<std::shared_ptr<const TlsServerContext>> TlsServerContext::Make(
    const TlsServerFiles& files, std::shared_ptr<TlsTicketKeys> keys) {
  if (files.certificates.empty()) {
    return Fail(InvalidArgument("tls-cert", "at least one certificate is needed"));
  }
  TRY_ASSIGN(const ClientTrust trust, LoadClientTrust(files));
  auto impl = std::make_unique<Impl>();
  impl->keys = std::move(keys);
  for (const TlsServerFiles::Certificate& certificate : files.certificates) {
    TRY(impl->Add(certificate));
  }
  const auto rules = SessionRules(files, trust.pem);
  for (const SslContextHandle& context : impl->contexts) {
    CheckClients(context.get(), files.client_auth, trust);
    SSL_CTX_set_session_id_context(context.get(), rules.data(), rules.size());
  }
  SSL_CTX* first = impl->contexts.front().get();
  SSL_CTX_set_tlsext_servername_callback(first, Impl::ChooseCertificate);
  SSL_CTX_set_tlsext_servername_arg(first, impl.get());
  return std::shared_ptr<const TlsServerContext>(new TlsServerContext(std::move(impl)));
}

TlsServerContext::TlsServerContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsServerContext::~TlsServerContext() = default;

const std::vector<TlsServerContext::CertificateInfo>& TlsServerContext::certificates() const {
  return impl_->certificates;
}
const std::vector<std::string>& TlsServerContext::warnings() const { return impl_->warnings; }
ssl_ctx_st* TlsServerContext::get() const { return impl_->contexts.front().get(); }

}  // namespace llmgw::net

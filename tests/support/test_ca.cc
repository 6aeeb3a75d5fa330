#include "tests/support/test_ca.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace llmgw::test {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using CertPtr = std::unique_ptr<X509, Deleter<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

constexpr long kDay = 24L * 60 * 60;

void Require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("test CA: ") + what);
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Require(extension != nullptr, "cannot make an extension");
  X509_add_ext(certificate, extension.get(), -1);
}

struct Subject {
  std::string name;
  std::string alternative_names;  // empty: a CA
  long from_seconds;
  long until_seconds;
};

// Signed by `issuer` with `issuer_key`; by itself when there is none.
CertPtr MakeCertificate(const Subject& subject, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  CertPtr certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), subject.from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), subject.until_seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(subject.name.c_str()), -1, -1,
                             0);
  X509* signer = issuer != nullptr ? issuer : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  if (subject.alternative_names.empty()) {
    AddExtension(certificate.get(), signer, NID_basic_constraints, "critical,CA:TRUE");
    AddExtension(certificate.get(), signer, NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    AddExtension(certificate.get(), signer, NID_subject_alt_name, subject.alternative_names);
  }
  Require(X509_sign(certificate.get(), issuer_key != nullptr ? issuer_key : key, EVP_sha256()) > 0,
          "cannot sign");
  return certificate;
}

std::string Drain(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

std::string Pem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return Drain(bio.get());
}

std::string Pem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return Drain(bio.get());
}

CertPtr LoadCertificate(const std::string& file) {
  const BioPtr bio(BIO_new_file(file.c_str(), "r"));
  return CertPtr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

KeyPtr LoadKey(const std::string& file) {
  const BioPtr bio(BIO_new_file(file.c_str(), "r"));
  return KeyPtr(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

std::string NameOf(CertificateKind kind) {
  switch (kind) {
    case CertificateKind::kValid:
      return "valid";
    case CertificateKind::kWrongName:
      return "wrong-name";
    case CertificateKind::kSelfSigned:
      return "self-signed";
    case CertificateKind::kExpired:
      return "expired";
  }
  return "unknown";
}

int ChooseHttp11(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                 unsigned in_size, void*) {
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int result =
      SSL_select_next_proto(&chosen, out_size, kProtocols, sizeof kProtocols - 1, in, in_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

TestCa::TestCa() {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertPtr certificate =
      MakeCertificate({"llmgw test CA", {}, -kDay, kDay}, key.get(), nullptr, nullptr);
  ca_ = {folder_.Write("ca.pem", Pem(certificate.get())), folder_.Write("ca.key", Pem(key.get()))};
}

CertificateFiles TestCa::Issue(CertificateKind kind) const {
  Subject subject{"localhost", "DNS:localhost,IP:127.0.0.1", -kDay, kDay};
  if (kind == CertificateKind::kWrongName) {
    subject = {"elsewhere.test", "DNS:elsewhere.test", -kDay, kDay};
  } else if (kind == CertificateKind::kExpired) {
    subject = {"localhost", "DNS:localhost,IP:127.0.0.1", -2 * kDay, -kDay};
  }
  const KeyPtr key(EVP_EC_gen("P-256"));
  const bool self_signed = kind == CertificateKind::kSelfSigned;
  const CertPtr ca = self_signed ? nullptr : LoadCertificate(ca_.certificate);
  const KeyPtr ca_key = self_signed ? nullptr : LoadKey(ca_.key);
  const CertPtr certificate = MakeCertificate(subject, key.get(), ca.get(), ca_key.get());
  const std::string name = NameOf(kind);
  return {folder_.Write(name + ".pem", Pem(certificate.get())),
          folder_.Write(name + ".key", Pem(key.get()))};
}

CertificateFiles TestCa::IssueFor(const std::string& name,
                                  const std::string& alternative_names) const {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertPtr ca = LoadCertificate(ca_.certificate);
  const KeyPtr ca_key = LoadKey(ca_.key);
  const CertPtr certificate =
      MakeCertificate({name, alternative_names, -kDay, kDay}, key.get(), ca.get(), ca_key.get());
  return {folder_.Write(name + ".pem", Pem(certificate.get())),
          folder_.Write(name + ".key", Pem(key.get()))};
}

SslContextPtr ServerContext(const CertificateFiles& files) {
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  Require(SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) == 1 &&
              SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) == 1,
          "cannot load the server's certificate");
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context.get(), ChooseHttp11, nullptr);
  return context;
}

SslContextPtr ClientContext(const std::string& ca_file) {
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  Require(SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) == 1,
          "cannot load the CA");
  return context;
}

}  // namespace llmgw::test

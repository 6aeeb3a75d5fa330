#include "common/config/pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace llmgw::config {
namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

BioPtr Bio(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Rather than asking the terminal for one.
int NoPassphrase(char*, int, int, void*) { return -1; }

KeyPtr ReadKey(const std::string& pem) {
  KeyPtr key(PEM_read_bio_PrivateKey(Bio(pem).get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

}  // namespace

bool HoldsPrivateKey(const std::string& pem) {
  return pem.find("PRIVATE KEY-----") != std::string::npos;
}

bool HasCertificates(const std::string& pem) {
  const BioPtr bio = Bio(pem);
  int found = 0;
  while (X509Ptr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) != nullptr) ++found;
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return found > 0 && at_end;
}

bool IsPrivateKey(const std::string& pem) { return ReadKey(pem) != nullptr; }

bool KeyMatches(const std::string& chain_pem, const std::string& key_pem) {
  const X509Ptr leaf(PEM_read_bio_X509(Bio(chain_pem).get(), nullptr, nullptr, nullptr));
  const KeyPtr key = ReadKey(key_pem);
  const bool match =
      leaf != nullptr && key != nullptr && X509_check_private_key(leaf.get(), key.get()) == 1;
  ERR_clear_error();
  return match;
}

}  // namespace llmgw::config

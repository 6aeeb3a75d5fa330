#include "common/crypto/seal.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "common/crypto/digest.h"
#include "common/crypto/private_file.h"
#include "common/crypto/random.h"

namespace llmgw::crypto {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

CipherContext NewContext() { return {EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free}; }

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }

// Sealing fails only when memory is out or OpenSSL is broken; going on would store a secret in the
// clear or lose it.
void Require(bool ok) {
  if (ok) return;
  std::fputs("llmgw: OpenSSL failed to seal; stopping\n", stderr);
  std::abort();
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Empty when `text` is not hex of exactly one key.
std::string DecodeHexKey(std::string_view text) {
  if (text.size() != kKeyBytes * 2) return {};
  std::string key;
  key.reserve(kKeyBytes);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return {};
    key.push_back(static_cast<char>(high << 4 | low));
  }
  return key;
}

// Empty when `text` is not padded base64 of exactly one key.
std::string DecodeBase64Key(std::string_view text) {
  if (text.size() != 44 || text.back() != '=' || text.find('=') != 43) return {};
  std::string out(33, '\0');
  if (EVP_DecodeBlock(Bytes(out.data()), Bytes(text), 44) != 33) return {};
  out.resize(kKeyBytes);
  return out;
}

SealingKey MakeKey(std::string key) {
  const auto digest = Sha256(key);
  std::string id = ToHex({reinterpret_cast<const char*>(digest.data()), 4});
  return {std::move(id), SecretString(std::move(key))};
}

}  // namespace

Sealer::Sealer(SealingKey current, std::vector<SealingKey> older) {
  keys_.reserve(older.size() + 1);
  keys_.push_back(std::move(current));
  for (SealingKey& key : older) keys_.push_back(std::move(key));
}

std::string Sealer::Seal(std::string_view plaintext, std::string_view associated_data) const {
  const SealingKey& key = keys_.front();
  std::string out = RandomBytes(kNonceBytes);
  out.resize(kNonceBytes + plaintext.size() + kTagBytes);
  CipherContext context = NewContext();
  int length = 0;
  Require(context && key.key.Reveal().size() == kKeyBytes);
  Require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key.key.Reveal()),
                             Bytes(out.data())) == 1);
  Require(EVP_EncryptUpdate(context.get(), nullptr, &length, Bytes(associated_data),
                            static_cast<int>(associated_data.size())) == 1);
  Require(EVP_EncryptUpdate(context.get(), Bytes(out.data() + kNonceBytes), &length,
                            Bytes(plaintext), static_cast<int>(plaintext.size())) == 1);
  char* const tag = out.data() + kNonceBytes + plaintext.size();
  Require(EVP_EncryptFinal_ex(context.get(), Bytes(tag), &length) == 1);
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag) == 1);
  return out;
}

Result<std::string> Sealer::Open(std::string_view sealed, std::string_view key_id,
                                 std::string_view associated_data) const {
  const auto key =
      std::find_if(keys_.begin(), keys_.end(), [&](const SealingKey& k) { return k.id == key_id; });
  if (key == keys_.end()) {
    return Fail(Internal("a secret is sealed with key " + std::string(key_id) +
                         ", which is not loaded; start with the sealing key file that belongs to "
                         "this database (loaded: " +
                         current_key_id() + ")"));
  }
  const Error damaged = Internal("a secret sealed with key " + std::string(key_id) +
                                 " does not open: its bytes were changed or moved");
  if (sealed.size() < kNonceBytes + kTagBytes) return Fail(damaged);
  const std::string_view nonce = sealed.substr(0, kNonceBytes);
  const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string out(body.size(), '\0');
  CipherContext context = NewContext();
  int length = 0;
  const bool opened =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key->key.Reveal()),
                         Bytes(nonce)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &length, Bytes(associated_data),
                        static_cast<int>(associated_data.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), Bytes(out.data()), &length, Bytes(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), Bytes(out.data() + out.size()), &length) == 1;
  if (!opened) {
    OPENSSL_cleanse(out.data(), out.size());
    return Fail(damaged);
  }
  return out;
}

Result<SealingKey> ParseSealingKey(std::string_view text) {
  text = Trim(text);
  std::string key = DecodeHexKey(text);
  if (key.empty()) key = DecodeBase64Key(text);
  if (key.empty()) {
    return Fail(InvalidArgument(
        {},
        "a sealing key is 32 random bytes as 64 hex digits or as base64; make one with: "
        "openssl rand -hex 32"));
  }
  return MakeKey(std::move(key));
}

Result<SealingKey> LoadOrCreateSealingKey(const std::string& path) {
  TRY_ASSIGN(SecretString text, LoadOrCreatePrivateFile(path, [] {
               return SecretString(ToHex(RandomBytes(kKeyBytes)) + "\n");
             }));
  auto key = ParseSealingKey(text.Reveal());
  if (!key) return Fail(InvalidArgument({}, path + ": " + key.error().message));
  return key;
}

}  // namespace llmgw::crypto

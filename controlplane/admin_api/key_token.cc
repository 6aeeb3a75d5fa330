#include "controlplane/admin_api/key_token.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "common/crypto/random.h"

namespace llmgw::controlplane::admin_api {
namespace {

constexpr char kOwnStart[] = "sk-llmgw-";
constexpr size_t kRandomCharacters = 43;
constexpr size_t kPrefixLength = 12;
constexpr size_t kShortest = 16;
constexpr size_t kLongest = 512;
constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

}  // namespace

SecretString MakeClientToken() {
  // Bytes from 248 on are thrown away: 256 is no multiple of 62, and taking them would favour some
  // characters.
  constexpr unsigned kFairBytes = 248;
  std::string token = kOwnStart;
  size_t wanted = token.size() + kRandomCharacters;
  token.reserve(wanted);
  while (token.size() < wanted) {
    std::string bytes = crypto::RandomBytes(kRandomCharacters);
    for (char byte : bytes) {
      unsigned value = static_cast<unsigned char>(byte);
      if (value < kFairBytes && token.size() < wanted) token.push_back(kBase62[value % 62]);
    }
    OPENSSL_cleanse(bytes.data(), bytes.size());
  }
  SecretString secret(token);
  OPENSSL_cleanse(token.data(), token.size());
  return secret;
}

Status CheckClientToken(std::string_view token) {
  bool visible =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (visible && token.size() >= kShortest && token.size() <= kLongest) return {};
  return Fail(InvalidArgument("token", "must have 16 to 512 visible ASCII characters"));
}

std::string PrefixOfOwn(const SecretString& token) {
  return token.Reveal().substr(0, kPrefixLength);
}

std::string PrefixOfGiven(const SecretString& token) {
  return token.Reveal().substr(0, std::min(kPrefixLength, token.Reveal().size() / 3));
}

}  // namespace llmgw::controlplane::admin_api

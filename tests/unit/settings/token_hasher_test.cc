#include "dataplane/settings/token_hasher.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

namespace llmgw::settings {
namespace {

KeyHash Reference(const std::string& key, const std::string& message) {
  KeyHash hash;
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), hash.data(), &size);
  return hash;
}

TEST(TokenHasher, IsHmacSha256ForKeysAndMessagesOfAnyLength) {
  for (const size_t key_size : {0u, 1u, 32u, 63u, 64u, 65u, 200u}) {
    const std::string key(key_size, 'k');
    const TokenHasher hasher(key);
    for (const size_t size : {0u, 1u, 47u, 55u, 56u, 64u, 1000u}) {
      const std::string message(size, 'm');
      EXPECT_EQ(hasher.Hash(message), Reference(key, message)) << key_size << " " << size;
    }
  }
}

// RFC 4231, test case 2.
TEST(TokenHasher, AgreesWithThePublishedVector) {
  const KeyHash hash = TokenHasher("Jefe").Hash("what do ya want for nothing?");
  EXPECT_EQ(hash[0], 0x5b);
  EXPECT_EQ(hash[1], 0xdc);
  EXPECT_EQ(hash[31], 0x43);
}

}  // namespace
}  // namespace llmgw::settings

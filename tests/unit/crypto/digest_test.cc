#include "common/crypto/digest.h"

#include <gtest/gtest.h>

#include <string>

namespace llmgw::crypto {
namespace {

std::string Hex(const std::array<uint8_t, 32>& digest) {
  return ToHex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

TEST(Digest, Sha256KnowsTheEmptyMessage) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// RFC 4231, test case 2.
TEST(Digest, HmacMatchesTheRfcVector) {
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digest, HmacWithAnEmptyKeyDoesNotReuseTheLastOne) {
  const auto before = Hex(HmacSha256("", "x"));
  HmacSha256("another key", "x");
  EXPECT_EQ(Hex(HmacSha256({}, "x")), before);
}

// RFC 5869, test case 3: no salt, no info.
TEST(Digest, DerivedKeyMatchesTheRfcVector) {
  EXPECT_EQ(ToHex(DeriveKey(std::string(22, '\x0b'), "")),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

TEST(Digest, DerivedKeysOfTwoPurposesDiffer) {
  EXPECT_NE(DeriveKey("secret", "a"), DeriveKey("secret", "b"));
  EXPECT_EQ(DeriveKey("secret", "a").size(), 32u);
}

TEST(Digest, ConstantTimeEqualsIsEquality) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "ab"));
}

}  // namespace
}  // namespace llmgw::crypto

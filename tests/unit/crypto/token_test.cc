#include "common/crypto/token.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/temp_dir.h"

namespace llmgw::crypto {
namespace {

TEST(RandomToken, HasThePrefixAndTheLengthThatTheHeaderStates) {
  EXPECT_EQ(RandomToken("key_", 10).size(), 4u + 16u);
  EXPECT_EQ(RandomToken("req_", 15).size(), 4u + 24u);
  EXPECT_EQ(RandomToken("", 20).size(), 32u);
  EXPECT_EQ(RandomToken("x", 1).size(), 1u + 2u);
  const std::string token = RandomToken("sk-", 20);
  EXPECT_EQ(token.substr(0, 3), "sk-");
  EXPECT_EQ(token.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567", 3), std::string::npos);
}

TEST(RandomToken, NeverComesTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(RandomToken("", 16)).second);
}

TEST(TokenFile, IsMadeOnceAndReadAgain) {
  test::TempDir dir;
  auto token = LoadOrCreateTokenFile(dir.Path("admin.token"), "llmgw_admin_");
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(token->Reveal().substr(0, 12), "llmgw_admin_");
  EXPECT_EQ(LoadOrCreateTokenFile(dir.Path("admin.token"), "other_")->Reveal(), token->Reveal());
}

TEST(TokenFile, WithoutAUsableTokenIsRefused) {
  test::TempDir dir;
  for (const std::string text : {"", " \n", "short", "sixteen characters with spaces"}) {
    EXPECT_FALSE(LoadOrCreateTokenFile(dir.Write("t", text), "p_")) << text;
  }
  EXPECT_EQ(LoadOrCreateTokenFile(dir.Write("t", " given-by-the-operator\n"), "p_")->Reveal(),
            "given-by-the-operator");
}

}  // namespace
}  // namespace llmgw::crypto

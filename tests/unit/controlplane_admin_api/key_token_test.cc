#include "controlplane/admin_api/key_token.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>

namespace llmgw::controlplane::admin_api {
namespace {

TEST(KeyToken, OwnTokensHave256RandomBitsInBase62) {
  std::set<std::string> seen;
  std::set<char> characters;
  for (int i = 0; i < 200; ++i) {
    std::string token = MakeClientToken().Reveal();
    ASSERT_EQ(token.size(), 52u);
    EXPECT_EQ(token.substr(0, 9), "sk-llmgw-");
    for (char c : token.substr(9)) {
      EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)));
      characters.insert(c);
    }
    EXPECT_TRUE(seen.insert(token).second);
  }
  EXPECT_EQ(characters.size(), 62u);
}

TEST(KeyToken, GivenTokensHave16To512VisibleCharacters) {
  EXPECT_TRUE(CheckClientToken(std::string(16, 'x')));
  EXPECT_TRUE(CheckClientToken(std::string(512, '~')));
  for (const auto& bad : {std::string(15, 'x'), std::string(513, 'x'), std::string(20, ' '),
                          std::string("tab\tin-this-token"), std::string("0123456789abcdef\x80")}) {
    auto checked = CheckClientToken(bad);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().field, "token");
    EXPECT_EQ(checked.error().message.find(bad), std::string::npos);
  }
}

TEST(KeyToken, PrefixShowsAtMostAThirdOfAGivenToken) {
  EXPECT_EQ(PrefixOfOwn(SecretString("sk-llmgw-abcdefgh")), "sk-llmgw-abc");
  EXPECT_EQ(PrefixOfGiven(SecretString("0123456789abcdef")), "01234");
  EXPECT_EQ(PrefixOfGiven(SecretString(std::string(100, 'x'))), std::string(12, 'x'));
}

}  // namespace
}  // namespace llmgw::controlplane::admin_api

#include "common/text/clean_text.h"

#include <gtest/gtest.h>

#include <string>

namespace llmgw::text {
namespace {

const std::string kReplacement = "\xEF\xBF\xBD";

TEST(CleanText, KeepsValidTextOfEveryLength) {
  for (const std::string text : {"", "plain", "gr\xC3\xBC\xC3\x9F", "\xE6\x97\xA5\xE6\x9C\xAC",
                                 "\xF0\x9F\x98\x80", "\x01\x7F\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(CleanText(text), text);
    EXPECT_TRUE(IsCleanText(text));
  }
}

TEST(CleanText, ReplacesNulAndEveryByteThatIsNotUtf8) {
  EXPECT_EQ(CleanText(std::string("a\0b", 3)), "a" + kReplacement + "b");
  EXPECT_EQ(CleanText("a\xFFz"), "a" + kReplacement + "z");
  EXPECT_EQ(CleanText("\x80"), kReplacement);
}

TEST(CleanText, ReplacesOverlongFormsSurrogatesAndWhatLiesAboveUnicode) {
  for (const std::string text :
       {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80"}) {
    EXPECT_FALSE(IsCleanText(text));
    EXPECT_TRUE(IsCleanText(CleanText(text)));
    EXPECT_EQ(CleanText(text).size(), text.size() * kReplacement.size());
  }
}

TEST(CleanText, ReplacesACharacterThatIsCutOffAtTheEnd) {
  EXPECT_EQ(CleanText("a\xE6\x97"), "a" + kReplacement + kReplacement);
}

TEST(CleanText, CutsBetweenTwoCharacters) {
  EXPECT_EQ(CleanText("abcdef", 3), "abc");
  EXPECT_EQ(CleanText("ab\xC3\xBC", 3), "ab");
  EXPECT_EQ(CleanText("ab\xFF", 3), "ab");
}

}  // namespace
}  // namespace llmgw::text

#include "dataplane/record/digest/find_text.h"

#include <gtest/gtest.h>

#include <string>

namespace llmgw::record {
namespace {

TEST(FindText, FindsTheFirstPlaceAtEveryOffset) {
  for (size_t before = 0; before < 70; ++before) {
    for (size_t after = 0; after < 40; ++after) {
      const std::string text = std::string(before, '"') + "\"usage\"" + std::string(after, '"');
      ASSERT_EQ(FindText(text, "\"usage\""), before);
      ASSERT_EQ(FindText(text, "\"usage\"", before + 1), std::string_view::npos);
    }
  }
  EXPECT_EQ(FindText("", "x"), std::string_view::npos);
  EXPECT_EQ(FindText("abc", "abcd"), std::string_view::npos);
}

TEST(FindText, FindsTheFirstLineEndAtEveryOffset) {
  for (size_t before = 0; before < 70; ++before) {
    for (const char end : {'\r', '\n'}) {
      const std::string text = std::string(before, 'x') + end + "\r\n" + std::string(40, 'y');
      ASSERT_EQ(FindLineEnd(text), before);
      ASSERT_EQ(FindLineEnd(text.substr(0, before)), std::string_view::npos);
    }
  }
}

TEST(FindText, FindsTheValueOfAKeyOnly) {
  const std::string_view json = R"({"a":"usage","b":["usage","x"],"usage" : {"c":1}})";
  size_t from = 0;
  const size_t value = FindJsonValue(json, "\"usage\"", from);
  ASSERT_NE(value, std::string_view::npos);
  EXPECT_EQ(json.substr(value, 4), "{\"c\"");
  EXPECT_EQ(FindJsonValue(json, "\"usage\"", from), std::string_view::npos);
}

}  // namespace
}  // namespace llmgw::record

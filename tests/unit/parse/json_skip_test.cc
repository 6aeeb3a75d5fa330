#include "dataplane/parse/json_skip.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace llmgw::parse {
namespace {

// The obvious way, to compare with.
size_t PlainStringEnd(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return i;
    if (text[i] == '\\') ++i;
  }
  return std::string_view::npos;
}

size_t StringEnd(std::string_view text) {
  const char* end = FindStringEnd(text.data(), text.data() + text.size());
  return end == nullptr ? std::string_view::npos : static_cast<size_t>(end - text.data());
}

TEST(JsonSkip, FindsTheQuoteBehindRunsOfBackslashesOfEveryLengthAndPlace) {
  for (size_t before = 0; before < 70; ++before) {
    for (size_t run = 0; run < 140; ++run) {
      const std::string text = std::string(before, 'x') + std::string(run, '\\') + "\"tail\"" +
                               std::string(64, 'y') + "\"";
      ASSERT_EQ(StringEnd(text), PlainStringEnd(text)) << before << ' ' << run;
    }
  }
}

TEST(JsonSkip, FindsTheQuoteInRandomText) {
  std::mt19937 random(7);
  const std::string_view alphabet = "\\\\\\\"xxxx";
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 200, ' ');
    for (char& c : text) c = alphabet[random() % (round % 2 == 0 ? 4 : alphabet.size())];
    ASSERT_EQ(StringEnd(text), PlainStringEnd(text)) << text;
  }
}

TEST(JsonSkip, StopsBehindTheClosingBracket) {
  for (const std::string_view text :
       {"[]", "{}", "[1,2,-3.5e+7, 4444444444444444444444444444444]", "[[[]],{}]",
        "{\"a]\":[\"}\\\"]\"],\"b\":null}", "[true, false,\tnull\r\n]"}) {
    const std::string followed = std::string(text) + ",1]";
    const char* p = followed.data();
    EXPECT_EQ(SkipNested(p, followed.data() + followed.size()), SkipResult::kDone) << text;
    EXPECT_EQ(static_cast<size_t>(p - followed.data()), text.size()) << text;
    const char* q = text.data();
    EXPECT_EQ(SkipNested(q, text.data() + text.size() - 1), SkipResult::kEndOfInput) << text;
  }
}

TEST(JsonSkip, RefusesEveryByteThatCannotStandOutsideAString) {
  const std::string_view allowed = "0123456789+-.eE,: \t\r\ntrufalsn\"[]{}";
  for (int c = 0; c < 256; ++c) {
    for (const size_t padding : {0u, 20u}) {
      const std::string text =
          "[" + std::string(padding, '1') + static_cast<char>(c) + std::string(20, '1') + "]";
      const char* p = text.data();
      const SkipResult result = SkipNested(p, text.data() + text.size());
      if (allowed.find(static_cast<char>(c)) == std::string_view::npos || c == 0) {
        EXPECT_EQ(result, SkipResult::kBroken) << c;
      } else {
        EXPECT_TRUE(result != SkipResult::kBroken || c == '{' || c == '}')
            << c;  // those do not pair
      }
    }
  }
}

TEST(JsonSkip, DecodesStringsLikeAFullParser) {
  for (const std::string_view raw : {"", "plain", R"(\"\\\/\b\f\n\r\t)", R"(\u0041\u00e9\u20ac)",
                                     R"(\ud83d\ude00x)", R"(\uFFFD)", R"(a\u0000b)"}) {
    std::string decoded;
    ASSERT_TRUE(DecodeJsonString(raw, decoded)) << raw;
    EXPECT_EQ(decoded, nlohmann::json::parse('"' + std::string(raw) + '"').get<std::string>());
  }
  for (const std::string_view raw : {R"(\)", R"(\a)", R"(\u)", R"(\u12g4)", R"(\ud800)",
                                     R"(\ud800\u0041)", R"(\udfff)", R"(\ud800\)"}) {
    std::string decoded;
    EXPECT_FALSE(DecodeJsonString(raw, decoded)) << raw;
  }
}

}  // namespace
}  // namespace llmgw::parse

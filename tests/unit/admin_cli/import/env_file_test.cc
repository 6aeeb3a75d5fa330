#include "admin-cli/import/env_file.h"

#include <gtest/gtest.h>

namespace llmgw::admin_cli::migrate {
namespace {

std::string ValueOf(const std::string& text, const std::string& name = "A") {
  const auto variables = ParseEnvFile(text);
  if (!variables) return "error " + variables.error().Describe();
  const auto found = variables->find(name);
  return found == variables->end() ? "(unset)" : found->second.text;
}

TEST(EnvFile, ReadsPlainValuesUpToACommentBehindABlank) {
  EXPECT_EQ(ValueOf("A=1"), "1");
  EXPECT_EQ(ValueOf("\xef\xbb\xbf"
                    "A=1\r\nB=2\r\n"),
            "1");
  EXPECT_EQ(ValueOf("  export A = some words # why\n"), "some words");
  EXPECT_EQ(ValueOf("A=sk#1"), "sk#1");
  EXPECT_EQ(ValueOf("A=#nothing"), "");
  EXPECT_EQ(ValueOf("A=\nB=2"), "");
  EXPECT_EQ(ValueOf("# A=1\n\n#A=2\n"), "(unset)");
  EXPECT_EQ(ValueOf("A=1\nA=2\n"), "2");
  EXPECT_EQ(ValueOf("A={\"a\": \"b\"}  \n"), "{\"a\": \"b\"}");
}

TEST(EnvFile, ReadsQuotedValuesOverSeveralLines) {
  EXPECT_EQ(ValueOf("A='{\n\"x\": 1\n}' # json\nB=2\n"), "{\n\"x\": 1\n}");
  EXPECT_EQ(ValueOf("A='{\n}'\nB=2\n", "B"), "2");
  EXPECT_EQ(ValueOf("A='it\\'s \\n'"), "it's \\n");
  EXPECT_EQ(ValueOf("A=\"a\\tb \\\"c\\\" \\x\""), "a\tb \"c\" \\x");
}

TEST(EnvFile, KnowsTheLineThatAValueBeginsIn) {
  const auto variables = ParseEnvFile("\nA='1\n2'\n# x\nB=3\n");
  ASSERT_TRUE(variables);
  EXPECT_EQ(variables->at("A").line, 2);
  EXPECT_EQ(variables->at("B").line, 5);
}

TEST(EnvFile, ReplacesVariablesOfLinesAboveButNotInSingleQuotes) {
  EXPECT_EQ(ValueOf("H=host\nA=http://${H}/${P:-v1}"), "http://host/v1");
  EXPECT_EQ(ValueOf("H=host\nA=\"${H}\""), "host");
  EXPECT_EQ(ValueOf("H=host\nA='${H}'"), "${H}");
  EXPECT_EQ(ValueOf("A=${NONE}x$y${"), "x$y${");
}

TEST(EnvFile, NamesTheLineOfAMistakeAndNoValue) {
  EXPECT_EQ(ValueOf("B=1\nA\n"), "error line 2: has no '=' behind the name");
  EXPECT_EQ(ValueOf("=secret\n"), "error line 1: is no NAME=VALUE");
  EXPECT_EQ(ValueOf("B=1\n\nA='sk-secret\n"), "error A (line 3): has no closing quote");
  EXPECT_EQ(ValueOf("A='x' sk-secret\n"),
            "error A (line 1): has something behind its closing quote");
}

}  // namespace
}  // namespace llmgw::admin_cli::migrate

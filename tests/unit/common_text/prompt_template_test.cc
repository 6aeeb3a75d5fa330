#include "common/text/prompt_template.h"

#include <gtest/gtest.h>

namespace llmgw::text {
namespace {

std::string Render(std::string_view text, std::string_view system,
                   const std::vector<ChatTurn>& turns) {
  auto parsed = PromptTemplate::Parse(text);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
  return parsed ? parsed->Render(system, turns) : "";
}

std::string FaultOf(std::string_view text) {
  auto parsed = PromptTemplate::Parse(text);
  return parsed ? "" : parsed.error().message;
}

constexpr char kMistral[] =
    "{?first}<s>{/first}[INST] {?system}{system}\n\n{/system}{user} [/INST] {assistant}</s>";

TEST(PromptTemplate, RepeatsTheTurnAndEndsWhereTheAnswerBegins) {
  EXPECT_EQ(Render(kMistral, "", {{"hi", "hello"}, {"how?", ""}}),
            "<s>[INST] hi [/INST] hello</s>[INST] how? [/INST]");
}

TEST(PromptTemplate, PutsTheSystemTextIntoTheFirstTurnOnly) {
  EXPECT_EQ(Render(kMistral, "Be brief.", {{"a", "b"}, {"c", ""}}),
            "<s>[INST] Be brief.\n\na [/INST] b</s>[INST] c [/INST]");
}

TEST(PromptTemplate, GoesOnFromAnAnswerThatWasBegun) {
  EXPECT_EQ(Render("U:{user}\nA:{assistant}\n", "", {{"count", "1, 2,"}}), "U:count\nA:1, 2,");
}

TEST(PromptTemplate, KeepsLineBreaksBeforeTheAnswer) {
  EXPECT_EQ(Render("<u>{user}<a>\n\n{assistant}", "", {{"x", ""}}), "<u>x<a>\n\n");
}

TEST(PromptTemplate, DoesNotReadTagsInTheTextsOfAChat) {
  EXPECT_EQ(Render("{user}|{assistant}", "", {{"{assistant}{system}", ""}}),
            "{assistant}{system}|");
}

TEST(PromptTemplate, WritesADoubledBraceOnce) {
  EXPECT_EQ(Render("{{json} {user}{assistant}", "", {{"x", ""}}), "{json} x");
}

TEST(PromptTemplate, RefusesWhatCanNotBeRendered) {
  EXPECT_NE(FaultOf(""), "");
  EXPECT_NE(FaultOf("{user}"), "");
  EXPECT_NE(FaultOf("{assistant}{user}"), "");
  EXPECT_NE(FaultOf("{user}{user}{assistant}"), "");
  EXPECT_NE(FaultOf("{?first}{user}{/first}{assistant}"), "");
  EXPECT_NE(FaultOf("{?system}{?first}{/first}{/system}{user}{assistant}"), "");
  EXPECT_NE(FaultOf("{?system}{user}{assistant}"), "");
  EXPECT_NE(FaultOf("{user}{assistant}{/first}"), "");
  EXPECT_NE(FaultOf("{user}{assistant}{?first}"), "");
  EXPECT_NE(FaultOf("{user"), "");
  EXPECT_NE(FaultOf("{usr}{user}{assistant}").find("'{usr}'"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::text

#include "dataplane/parse/body_peek.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace llmgw::parse {
namespace {

using namespace std::string_view_literals;

PeekStatus Peek(std::string_view body, BodyFacts& facts) {
  const std::string copy(
      body);  // of exactly that size, so that the sanitizer sees a read beyond it
  return PeekJson(copy, true, facts);
}

PeekStatus Peek(std::string_view body) {
  BodyFacts facts;
  return Peek(body, facts);
}

// A prefix may only say "more", or what the whole body says.
void ExpectPrefixesAgree(std::string_view body) {
  const PeekStatus whole = Peek(body);
  for (size_t size = 0; size <= body.size(); ++size) {
    const std::string prefix(body.substr(0, size));
    BodyFacts facts;
    const PeekStatus status = PeekJson(prefix, false, facts);
    if (status == PeekStatus::kNeedMore) continue;
    // An object that has ended may still be followed by something that it must not be.
    if (status == PeekStatus::kComplete && whole == PeekStatus::kNotJson) continue;
    EXPECT_EQ(status, whole) << "after " << size << " bytes of " << body;
  }
}

TEST(BodyPeek, ReadsTheTopLevel) {
  const std::string_view body =
      R"( {"messages":[{"role":"user","content":"say \"model\": \\"}],"model" : "gpt-4o-mini",
          "temperature":-0.5e+3,"stream":true,"n":1,"stop":null,"user":"ann","x":{}} )";
  BodyFacts facts;
  EXPECT_EQ(Peek(body, facts), PeekStatus::kComplete);
  EXPECT_EQ(facts.model, "gpt-4o-mini");
  EXPECT_TRUE(facts.has_model);
  EXPECT_TRUE(facts.stream);
  EXPECT_EQ(facts.user, "ann");
  EXPECT_EQ(body.substr(facts.model_begin, facts.model_end - facts.model_begin), "\"gpt-4o-mini\"");
  ExpectPrefixesAgree(body);
}

TEST(BodyPeek, LooksAtTheTopLevelOnly) {
  BodyFacts facts;
  EXPECT_EQ(Peek(R"({"a":{"model":"x","stream":true},"b":[{"model":1}]})", facts),
            PeekStatus::kComplete);
  EXPECT_FALSE(facts.has_model);
  EXPECT_FALSE(facts.stream);
  EXPECT_EQ(Peek("{}", facts), PeekStatus::kComplete);
  EXPECT_EQ(Peek(R"({"models":"x","mode":"y"})", facts), PeekStatus::kComplete);
  EXPECT_FALSE(facts.has_model);
}

TEST(BodyPeek, ResolvesEscapesInKeysAndValues) {
  BodyFacts facts;
  EXPECT_EQ(Peek(R"({"mod\u0065l":"a\/b\u00e9\ud83d\ude00\t","str\u0065\u0061m":true})", facts),
            PeekStatus::kModelInvalid);  // the tab
  EXPECT_EQ(Peek(R"({"mod\u0065l":"a\/b\u00e9\ud83d\ude00","\u0073tre\u0061m":true})", facts),
            PeekStatus::kComplete);
  EXPECT_EQ(facts.model, "a/b\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_TRUE(facts.stream);
  EXPECT_EQ(Peek(R"({"\u006d\u006f\u0064\u0065\u006c":"x"})", facts), PeekStatus::kComplete);
  EXPECT_EQ(facts.model, "x");
}

TEST(BodyPeek, RefusesASecondModelOrStreamHoweverSpelt) {
  for (const std::string_view body :
       {R"({"model":"a","model":"b"})"sv, R"({"model":"a","model":"a"})"sv,
        R"({"model":"a","mod\u0065l":"b"})"sv, R"({"model":null,"model":"b"})"sv,
        R"({"Model":"a"})"sv, R"({"model":"a","MODEL":"b"})"sv, R"({"m\u004fdel":"b"})"sv}) {
    BodyFacts facts;
    EXPECT_EQ(Peek(body, facts), PeekStatus::kDuplicateModel) << body;
    EXPECT_FALSE(facts.has_model && facts.model == "b") << body;
    ExpectPrefixesAgree(body);
  }
  for (const std::string_view body :
       {R"({"stream":true,"stream":false})"sv, R"({"stream":true,"\u0073tream":true})"sv,
        R"({"Stream":true})"sv, "{\"\xc5\xbftream\":true}"sv, R"({"\u017ftream":true})"sv}) {
    EXPECT_EQ(Peek(body), PeekStatus::kDuplicateStream) << body;
    ExpectPrefixesAgree(body);
  }
}

TEST(BodyPeek, TellsWhatIsWrongWithTheModel) {
  for (const std::string_view body : {R"({"model":1})"sv, R"({"model":["a"]})"sv,
                                      R"({"model":{"a":"b"}})"sv, R"({"model":true})"sv}) {
    BodyFacts facts;
    EXPECT_EQ(Peek(body, facts), PeekStatus::kModelNotString) << body;
    EXPECT_FALSE(facts.has_model);
  }
  const std::string longest(1024, 'm');
  BodyFacts facts;
  EXPECT_EQ(Peek("{\"model\":\"" + longest + "\"}", facts), PeekStatus::kComplete);
  EXPECT_EQ(facts.model, longest);
  EXPECT_EQ(Peek("{\"model\":\"" + longest + "m\"}", facts), PeekStatus::kModelInvalid);
  EXPECT_FALSE(facts.has_model);
  for (const std::string_view value :
       {R"("\ud800")"sv, R"("\udc00\ud800")"sv, R"("\ud800x")"sv, R"("\u12")"sv, R"("\x41")"sv,
        R"("\u0000")"sv, R"("a\n")"sv, "\"\xff\""sv, "\"\xc0\xaf\""sv, "\"\xed\xa0\x80\""sv,
        "\"\xe2\x82\""sv, "\"a\nb\""sv}) {
    EXPECT_EQ(Peek("{\"model\":" + std::string(value) + "}"), PeekStatus::kModelInvalid) << value;
  }
  EXPECT_EQ(Field(PeekStatus::kModelInvalid), "model");
}

TEST(BodyPeek, TakesNullForAbsent) {
  BodyFacts facts;
  EXPECT_EQ(Peek(R"({"model":null,"stream":null})", facts), PeekStatus::kComplete);
  EXPECT_FALSE(facts.has_model);
  EXPECT_FALSE(facts.stream);
}

TEST(BodyPeek, WantsABooleanStream) {
  for (const std::string_view value : {"\"true\""sv, "1"sv, "[]"sv, "{}"sv}) {
    EXPECT_EQ(Peek("{\"stream\":" + std::string(value) + "}"), PeekStatus::kStreamNotBool);
  }
  EXPECT_EQ(Field(PeekStatus::kStreamNotBool), "stream");
}

TEST(BodyPeek, IgnoresAnUnusableUser) {
  BodyFacts facts;
  EXPECT_EQ(Peek("{\"user\":\"" + std::string(257, 'u') + "\"}", facts), PeekStatus::kComplete);
  EXPECT_EQ(facts.user, "");
  EXPECT_EQ(Peek(R"({"user":{"id":1}})", facts), PeekStatus::kComplete);
  EXPECT_EQ(facts.user, "");
}

TEST(BodyPeek, ASafetyIdentifierStandsInForTheUser) {
  BodyFacts facts;
  Peek(R"({"safety_identifier":"hash"})", facts);
  EXPECT_EQ(facts.user, "hash");
  Peek(R"({"user":"ann","safety_identifier":"hash"})", facts);
  EXPECT_EQ(facts.user, "ann");
  Peek(R"({"safety_identifier":"hash","user":"ann"})", facts);
  EXPECT_EQ(facts.user, "ann");
}

TEST(BodyPeek, RefusesWhatIsNotOneJsonObject) {
  for (const std::string_view body : {""sv,
                                      " "sv,
                                      "null"sv,
                                      "[]"sv,
                                      "[{\"model\":\"a\"}]"sv,
                                      "\"x\""sv,
                                      "{"sv,
                                      "{\"a\""sv,
                                      "{\"a\":1"sv,
                                      "{\"a\":1,}"sv,
                                      "{,}"sv,
                                      "{\"a\" 1}"sv,
                                      "{\"a\":}"sv,
                                      "{a:1}"sv,
                                      "{'model':'x'}"sv,
                                      "{\"a\":'x'}"sv,
                                      "{\"a\":1 \"b\":2}"sv,
                                      "{\"a\":[}"sv,
                                      "{\"a\":[}]}"sv,
                                      "{\"a\":{]}"sv,
                                      "{\"a\":[1}}"sv,
                                      "{\"a\":tru}"sv,
                                      "{\"a\":True}"sv,
                                      "{\"a\":NaN}"sv,
                                      "{\"a\":01}"sv,
                                      "{\"a\":1.}"sv,
                                      "{\"a\":.5}"sv,
                                      "{\"a\":+1}"sv,
                                      "{\"a\":1e}"sv,
                                      "{\"a\":-}"sv,
                                      "{}{}"sv,
                                      "{\"model\":\"a\"}{\"model\":\"b\"}"sv,
                                      "{} x"sv,
                                      "{/*\"*/\"model\":\"a\"}"sv,
                                      "{\"a\":[/*\"*/],\"model\":\"a\"}"sv,
                                      "{\"a\":[//\"\n]}"sv,
                                      "{\"a\":['\"',1]}"sv,
                                      "{\"mod\\x65l\":\"a\"}"sv,
                                      "{\"mod\\u65l\":\"a\"}"sv,
                                      "\xef\xbb{}"sv,
                                      "\xff\xfe{\0}\0"sv,
                                      "{\0\"\0m\0"sv,
                                      "{\"a\":\"x}"sv,
                                      "{\"a\":\"x\\\"}"sv}) {
    EXPECT_EQ(Peek(body), PeekStatus::kNotJson) << body;
    ExpectPrefixesAgree(body);
  }
}

TEST(BodyPeek, SkipsAByteOrderMark) {
  const std::string_view body = "\xef\xbb\xbf{\"model\":\"a\"}"sv;
  BodyFacts facts;
  EXPECT_EQ(Peek(body, facts), PeekStatus::kComplete);
  EXPECT_EQ(facts.model_begin, 12u);
  ExpectPrefixesAgree(body);
}

TEST(BodyPeek, BoundsDepthWithoutRecursion) {
  const auto nested = [](size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(Peek(nested(1024)), PeekStatus::kComplete);
  EXPECT_EQ(Peek(nested(1025)), PeekStatus::kTooDeep);
  EXPECT_EQ(Peek("{\"a\":" + std::string(1000000, '[')), PeekStatus::kTooDeep);
}

TEST(BodyPeek, ReportsWhatAPrefixShows) {
  const std::string prefix = R"({"model":"gpt-4o","stream":true,"messages":[{"content":"lo)";
  BodyFacts facts;
  EXPECT_EQ(PeekJson(prefix, false, facts), PeekStatus::kNeedMore);
  EXPECT_EQ(facts.model, "gpt-4o");
  EXPECT_TRUE(facts.stream);
}

TEST(BodyPeek, StartsOverWhenFactsAreReused) {
  BodyFacts facts;
  Peek(R"({"model":"a","stream":true,"user":"u"})", facts);
  EXPECT_EQ(Peek("{}", facts), PeekStatus::kComplete);
  EXPECT_FALSE(facts.has_model);
  EXPECT_EQ(facts.model, "");
  EXPECT_FALSE(facts.stream);
  EXPECT_EQ(facts.user, "");
}

}  // namespace
}  // namespace llmgw::parse

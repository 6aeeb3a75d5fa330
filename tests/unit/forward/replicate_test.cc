#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dataplane/forward/adapter/replicate_events.h"
#include "dataplane/forward/adapter/replicate_input.h"
#include "dataplane/forward/adapter/replicate_models.h"
#include "dataplane/forward/adapter/replicate_prediction.h"
#include "dataplane/forward/adapter/replicate_prompt.h"

namespace llmgw::forward {
namespace {

using nlohmann::json;

settings::Endpoint Official() {
  return {true, "api.replicate.com", 443, "api.replicate.com", "/v1"};
}

TEST(ReplicateStreamUrl, IsFollowedToTheUpstreamItself) {
  const settings::Endpoint own{false, "127.0.0.1", 8080, "127.0.0.1:8080", "/v1"};
  const auto place = PlaceOfStream("http://127.0.0.1:8080/v1/s?a=b", own);
  ASSERT_TRUE(place);
  EXPECT_TRUE(place->own_origin);
  EXPECT_EQ(place->target, "/v1/s?a=b");
}

TEST(ReplicateStreamUrl, IsFollowedToTheDocumentedHostsWithoutTheToken) {
  for (const char* url : {"https://stream.replicate.com/v1/files/bcwr-1",
                          "https://streaming.api.replicate.com/v1/predictions/x"}) {
    const auto place = PlaceOfStream(url, Official());
    ASSERT_TRUE(place) << url;
    EXPECT_FALSE(place->own_origin);
    EXPECT_TRUE(place->endpoint.tls);
    EXPECT_EQ(place->endpoint.port, 443);
  }
}

TEST(ReplicateStreamUrl, IsNotFollowedElsewhere) {
  for (const char* url :
       {"", "/v1/s", "http://stream.replicate.com/v1/s", "https://evil.example/v1/s",
        "https://evilreplicate.com/s", "https://stream.replicate.com.evil.example/s",
        "https://stream.replicate.com:8443/s", "https://user@stream.replicate.com/s",
        "https://evil.example#.replicate.com/s", "https://169.254.169.254/latest",
        "https://api.replicate.com.evil.example/s", "https://api.replicate.com@evil.example/s",
        "https://api.replicate.com:80/s", "https://stream.replicate.com",
        "https://stream.replicate.com/a b", "https://stream.replicate.com/a\r\nhost: x",
        "https://.replicate.com/s", "https://a..replicate.com/s", "file:///etc/passwd"}) {
    EXPECT_FALSE(PlaceOfStream(url, Official())) << url;
  }
  const settings::Endpoint other{true, "replicate.internal", 443, "replicate.internal", "/v1"};
  EXPECT_FALSE(PlaceOfStream("https://stream.replicate.com/v1/s", other));
}

TEST(ReplicateModelName, HasAnOwnerAndMayHaveAVersion) {
  EXPECT_EQ(ParseReplicateModel("a/b")->name, "a/b");
  EXPECT_EQ(ParseReplicateModel("a/b:c1")->version, "c1");
  for (const char* bad : {"", "a", "a/", "/b", "a/b/c", "a/b:", "../b", "a/..", "a/b?x", "a b/c"}) {
    EXPECT_FALSE(ParseReplicateModel(bad)) << bad;
  }
}

TEST(ReplicatePrompt, TakesTheLongestPatternThatMatches) {
  settings::ReplicateSettings settings;
  settings.prompt_templates.push_back({"*", *text::PromptTemplate::Parse("1{user}{assistant}")});
  settings.prompt_templates.push_back({"a/b*", *text::PromptTemplate::Parse("2{user}{assistant}")});
  const std::vector<text::ChatTurn> turns{{"x", ""}};
  EXPECT_EQ(PromptTemplateFor(settings, "a/bc")->Render("", turns), "2x");
  EXPECT_EQ(PromptTemplateFor(settings, "c/d")->Render("", turns), "1x");
  EXPECT_EQ(PromptTemplateFor(settings, "mistralai/m")->Render("", turns), "<s>[INST] x [/INST]")
      << "the built-in pattern is longer than '*'";
  settings.prompt_templates.push_back(
      {"mistralai/*", *text::PromptTemplate::Parse("3{user}{assistant}")});
  EXPECT_EQ(PromptTemplateFor(settings, "mistralai/m")->Render("", turns), "3x");
  EXPECT_EQ(PromptTemplateFor({}, "a/b"), nullptr);
}

TEST(ReplicateOrder, PutsTheSystemTextBeforeTheQuestionWhereItHasNoPlace) {
  settings::ReplicateSettings settings;
  settings.prompt_templates.push_back(
      {"openai/gpt-oss*", *text::PromptTemplate::Parse("U:{user} A:{assistant}")});
  const auto order = OrderPrediction(
      R"({"messages":[{"role":"system","content":"S"},{"role":"user","content":"Q"}]})",
      "openai/gpt-oss-20b", settings);
  ASSERT_TRUE(order);
  EXPECT_EQ(json::parse(order->body)["input"]["prompt"], "U:S\nQ A:");
}

TEST(ReplicateOrder, RefusesWhatIsNoRequest) {
  const std::string deep = R"({"messages":[{"role":"user","content":"x"}],"metadata":)" +
                           std::string(5000, '[') + std::string(5000, ']') + "}";
  for (const std::string& body :
       {std::string(), std::string("[]"), std::string("{"), deep,
        std::string(R"({"messages":[1]})"),
        std::string(R"({"messages":[{"role":"user","content":1}]})"),
        std::string(R"({"messages":[{"role":"user","content":[1]}]})"),
        std::string(R"({"stream":1,"messages":[{"role":"user","content":"x"}]})"),
        std::string(R"({"temperature":"hot","messages":[{"role":"user","content":"x"}]})")}) {
    EXPECT_FALSE(OrderPrediction(body, "a/b", {})) << body.substr(0, 80);
  }
}

TEST(ReplicatePrediction, IsReadAsDocumented) {
  const auto prediction = ParsePrediction(
      R"({"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"succeeded","output":["a","b"],"error":null,)"
      R"("metrics":{"input_token_count":26,"output_token_count":84},"urls":{"stream":"u"}})");
  ASSERT_TRUE(prediction);
  EXPECT_EQ(prediction->status, PredictionStatus::kSucceeded);
  EXPECT_EQ(prediction->output, "ab");
  EXPECT_EQ(prediction->error, "");
  EXPECT_EQ(prediction->usage.input, 26);
  EXPECT_EQ(prediction->usage.output, 84);
  EXPECT_EQ(prediction->stream_url, "u");
}

TEST(ReplicatePrediction, HasAnIdThatCanStandInAPathAndAStatus) {
  for (const char* bad : {"", "[]", R"({"id":"a"})", R"({"id":"a","status":""})",
                          R"({"id":"../x","status":"starting"})", R"({"id":1,"status":"starting"})",
                          R"({"id":"a\r\nb","status":"starting"})"}) {
    EXPECT_FALSE(ParsePrediction(bad)) << bad;
  }
}

TEST(ReplicatePrediction, RunsWhileItsStatusIsNotKnown) {
  const auto prediction = ParsePrediction(R"({"id":"a","status":"queued"})");
  ASSERT_TRUE(prediction);
  EXPECT_EQ(prediction->status, PredictionStatus::kRunning);
}

TEST(ReplicateErrors, SayWhatTheApiSaid) {
  EXPECT_EQ(ApiErrorText(R"({"title":"T","detail":"D","status":422})"), "D");
  EXPECT_EQ(ApiErrorText(R"({"title":"T"})"), "T");
  EXPECT_EQ(ApiErrorText("<html>"), "");
  EXPECT_EQ(ApiErrorText(R"({"detail":")" + std::string(5000, 'x') + "\"}").size(), 500U);
}

TEST(ReplicateEventsTest, EndWithFinishReasonUsageAndDone) {
  ReplicateEvents events({"chatcmpl-1", "a/b", 1}, /*usage_wanted=*/true);
  std::string out;
  events.Output("x", out);
  EXPECT_NE(out.find("\"usage\":null"), std::string::npos);
  out.clear();
  model::TokenUsage usage;
  usage.input = 2;
  usage.output = 3;
  events.Finish("length", usage, out);
  EXPECT_NE(out.find("\"finish_reason\":\"length\""), std::string::npos);
  EXPECT_NE(out.find("\"total_tokens\":5"), std::string::npos);
  EXPECT_TRUE(out.ends_with("data: [DONE]\n\n"));
}

TEST(ReplicateEventsTest, HoldNoMoreThanOneEvent) {
  ReplicateEvents events({"chatcmpl-1", "a/b", 1}, false);
  std::string out;
  EXPECT_EQ(events.Feed("data: " + std::string(2 << 20, 'x'), out),
            ReplicateEvents::State::kMalformed);
}

}  // namespace
}  // namespace llmgw::forward

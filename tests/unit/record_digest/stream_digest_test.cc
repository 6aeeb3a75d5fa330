#include "dataplane/record/digest/stream_digest.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace llmgw::record {
namespace {

StreamDigest Digest(std::string_view stream, size_t step) {
  StreamDigest digest;
  for (size_t at = 0; at < stream.size(); at += step) {
    const std::string piece(stream.substr(at, step));
    digest.Feed(piece);
  }
  digest.Finish();
  return digest;
}

TEST(StreamDigest, ReadsAChatStreamInEveryCut) {
  const std::string_view stream =
      "data: "
      "{\"model\":\"gpt-4o-x\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n"
      "data: "
      "{\"model\":\"gpt-4o-x\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":"
      "2}}\n\n"
      "data: [DONE]\n\n";
  for (size_t step = 1; step <= stream.size(); ++step) {
    const StreamDigest digest = Digest(stream, step);
    EXPECT_EQ(digest.usage().input, 9);
    EXPECT_EQ(digest.usage().output, 2);
    EXPECT_EQ(digest.model_served(), "gpt-4o-x");
    EXPECT_EQ(digest.event_count(), 3u);
    EXPECT_TRUE(digest.saw_done());
    EXPECT_FALSE(digest.saw_error_event());
  }
}

TEST(StreamDigest, SeesThatAStreamBrokeOff) {
  const StreamDigest digest = Digest("data: {\"model\":\"m\"}\n\ndata: {\"mod", 100);
  EXPECT_FALSE(digest.saw_done());
  EXPECT_EQ(digest.model_served(), "m");
}

TEST(StreamDigest, KnowsTheLastEventOfEachDialect) {
  for (const std::string_view stream :
       {"data: [DONE]\n\n", "data: [DONE]",
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        "event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n",
        "data: { \"type\" : \"transcript.text.done\",\"text\":\"x\"}\n\n",
        "data: {\"type\":\"speech.audio.done\"}\n\n"}) {
    EXPECT_TRUE(Digest(stream, 1000).saw_done()) << stream;
  }
  for (const std::string_view stream : {"data: {\"content\":\"[DONE]\"}\n\n", ": [DONE]\n\n",
                                        "data: {\"type\":\"x\"}\n\n", "data: [DONE] \n\n"}) {
    EXPECT_FALSE(Digest(stream, 1000).saw_done()) << stream;
  }
}

TEST(StreamDigest, SeesErrorEvents) {
  for (const std::string_view stream :
       {"data: {\"error\":{\"message\":\"x\"}}\n\n", "event: error\ndata: {}\n\n",
        "data: {\"type\":\"error\",\"message\":\"x\"}\n\n", "data: { \"error\": \"x\"}\n\n",
        "event: response.failed\ndata: {}\n\n"}) {
    EXPECT_TRUE(Digest(stream, 1000).saw_error_event()) << stream;
  }
  for (const std::string_view stream :
       {"data: {\"error\":null}\n\n", "data: {\"choices\":[{\"error\":1}]}\n\n",
        "data: {\"errors\":1}\n\n"}) {
    EXPECT_FALSE(Digest(stream, 1000).saw_error_event()) << stream;
  }
}

JsonDigest DigestJson(std::string_view json, size_t step) {
  JsonDigest digest;
  for (size_t at = 0; at < json.size(); at += step) digest.Feed(json.substr(at, step));
  digest.Finish();
  return digest;
}

TEST(JsonDigest, ReadsADocumentOfAnySizeInAnyCut) {
  for (const size_t padding : {0u, 1000u, 14000u, 16384u, 20000u, 33000u, 500000u}) {
    const std::string json =
        "{\"id\":\"x\",\"model\":\"m-1\",\"data\":\"" + std::string(padding, 'x') +
        "\\\"usage\\\":{}\",\"usage\":{\"prompt_tokens\":3,\"note\":\"}\\\"{\","
        "\"completion_tokens\":4},\"x\":1}";
    for (const size_t step : {size_t{1}, size_t{777}, size_t{16384}, size_t{40000}, json.size()}) {
      if (step == 1 && padding > 40000) continue;
      const JsonDigest digest = DigestJson(json, step);
      EXPECT_EQ(digest.usage().input, 3) << padding << ' ' << step;
      EXPECT_EQ(digest.usage().output, 4) << padding << ' ' << step;
      EXPECT_EQ(digest.model_served(), "m-1") << padding << ' ' << step;
    }
  }
}

TEST(JsonDigest, FindsAModelNamedAtTheEnd) {
  const std::string json = "{\"object\":\"list\",\"data\":[" + std::string(100000, '1') +
                           "],\"model\":\"embed\",\"usage\":{\"prompt_tokens\":3}}";
  const JsonDigest digest = DigestJson(json, 4096);
  EXPECT_EQ(digest.model_served(), "embed");
  EXPECT_EQ(digest.usage().input, 3);
}

TEST(JsonDigest, ReadsTheModelOfAnAnswerWithoutUsage) {
  EXPECT_EQ(DigestJson("{\"model\":\"m\"}", 3).model_served(), "m");
  EXPECT_TRUE(DigestJson("not json", 3).usage().empty());
  EXPECT_TRUE(DigestJson("", 3).model_served().empty());
}

}  // namespace
}  // namespace llmgw::record

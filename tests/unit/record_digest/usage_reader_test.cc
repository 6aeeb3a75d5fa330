#include "dataplane/record/digest/usage_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace llmgw::record {
namespace {

struct Read {
  bool found = false;
  TokenUsage usage;
  std::string model;
};

Read ReadAll(std::string_view json) {
  Read read;
  read.found = ReadUsage(json, read.usage, read.model);
  return read;
}

TEST(UsageReader, ReadsAChatCompletion) {
  const Read read = ReadAll(R"({"id":"x","object":"chat.completion","model":"gpt-4o-2024-08-06",
    "choices":[{"message":{"content":"\"usage\":{\"prompt_tokens\":999}"}}],
    "usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,
      "prompt_tokens_details":{"audio_tokens":0,"cached_tokens":4},
      "completion_tokens_details":{"reasoning_tokens":3,"audio_tokens":0}},"service_tier":"default"})");
  EXPECT_TRUE(read.found);
  EXPECT_EQ(read.usage.input, 11);
  EXPECT_EQ(read.usage.output, 7);
  EXPECT_EQ(read.usage.cached_input, 4);
  EXPECT_EQ(read.usage.reasoning, 3);
  EXPECT_EQ(read.model, "gpt-4o-2024-08-06");
}

TEST(UsageReader, ReadsEmbeddings) {
  const Read read = ReadAll(
      R"({"object":"list","data":[],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}})");
  EXPECT_EQ(read.usage.input, 8);
  EXPECT_FALSE(read.usage.output);
  EXPECT_EQ(read.model, "text-embedding-3-small");
}

TEST(UsageReader, ReadsTheResponsesDialectWholeAndAsAnEvent) {
  const std::string response = R"({"id":"r","model":"gpt-4.1","usage":{"input_tokens":5,
    "input_tokens_details":{"cached_tokens":2},"output_tokens":6,
    "output_tokens_details":{"reasoning_tokens":1},"total_tokens":11}})";
  for (const std::string& json :
       {response, "{\"type\":\"response.completed\",\"response\":" + response + "}"}) {
    const Read read = ReadAll(json);
    EXPECT_EQ(read.usage.input, 5);
    EXPECT_EQ(read.usage.output, 6);
    EXPECT_EQ(read.usage.cached_input, 2);
    EXPECT_EQ(read.usage.reasoning, 1);
    EXPECT_EQ(read.model, "gpt-4.1");
  }
}

TEST(UsageReader, MergesTheTwoEventsOfAnthropic) {
  TokenUsage usage;
  std::string model;
  EXPECT_TRUE(ReadUsage(
      R"({"type":"message_start","message":{"model":"claude-x","usage":{"input_tokens":10,"cache_creation_input_tokens":100,"cache_read_input_tokens":1000,"output_tokens":1}}})",
      usage, model));
  EXPECT_TRUE(ReadUsage(
      R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":42}})",
      usage, model));
  EXPECT_EQ(usage.input, 1110);  // the cached part counts as input, as in the other dialects
  EXPECT_EQ(usage.cached_input, 1000);
  EXPECT_EQ(usage.output, 42);
  EXPECT_EQ(model, "claude-x");
}

TEST(UsageReader, FindsNothingWhereThereIsNothing) {
  for (const std::string_view json :
       {"", "{}", "[DONE]", R"({"usage":null,"model":"m"})", R"({"usage" : null})",
        R"({"usage":{}})", R"({"usage":[1]})", R"({"usage":{"prompt_tokens":"7"}})",
        R"({"usage":{"prompt_tokens":-7}})", R"({"usage":{"prompt_tokens":7.5}})",
        R"({"usage":{"prompt_tokens":null}})", R"({"x":{"usage":{"prompt_tokens":7}}})",
        R"({"content":"\"usage\":{\"prompt_tokens\":7}"})", R"({"usage":{)", R"(["usage":{"a":1}])",
        R"({"usage":{"prompt_tokens":99999999999999999999}})"}) {
    const Read read = ReadAll(json);
    EXPECT_FALSE(read.found) << json;
    EXPECT_TRUE(read.usage.empty()) << json;
  }
}

TEST(UsageReader, GoesOnBehindNullAndOddFields) {
  const Read read = ReadAll(
      R"({"response":null,"message":"x","model":null,"choices":[{"usage":null}],"usage":{"prompt_tokens_details":null,"completion_tokens":{"a":1},"odd":[{}],"prompt_tokens":3},"error":null})");
  EXPECT_TRUE(read.found);
  EXPECT_EQ(read.usage.input, 3);
  EXPECT_FALSE(read.usage.output);
}

TEST(UsageReader, KeepsTheModelItHas) {
  TokenUsage usage;
  std::string model = "first";
  ReadUsage(R"({"model":"second","usage":{"prompt_tokens":1}})", usage, model);
  EXPECT_EQ(model, "first");
}

TEST(UsageReader, ReadsModels) {
  EXPECT_EQ(ReadModel(R"({"id":"x","model":"a","choices":[]})"), "a");
  EXPECT_EQ(ReadModel(R"({"type":"response.created","response":{"model":"b"}})"), "b");
  EXPECT_EQ(ReadModel(R"({"message":{"model":"c"}})"), "c");
  EXPECT_EQ(ReadModel(R"({"delta":{"model":"d"}})"), "");
  EXPECT_EQ(ReadModel("not json \"model\""), "");
}

TEST(UsageReader, ReadsLargeDocuments) {
  const std::string json =
      R"({"data":")" + std::string(2000000, 'x') + R"(","usage":{"prompt_tokens":1},"model":"m"})";
  const Read read = ReadAll(json);
  EXPECT_EQ(read.usage.input, 1);
  EXPECT_EQ(read.model, "m");
}

}  // namespace
}  // namespace llmgw::record

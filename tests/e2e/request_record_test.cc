// Every request leaves a record that llmctl shows, with each attempt.
#include <gtest/gtest.h>

#include "tests/e2e/stores.h"

namespace llmgw::test {
namespace {

using Json = nlohmann::json;

class RequestRecord : public OverStores {
 protected:
  RequestRecord() {
    stack().StartControlplane();
    stack().StartDataplane();
    stack().AddUpstream("first", first_);
    stack().AddUpstream("second", second_);
    token_ = stack().CreateKey("app");
  }

  // The records, newest first, once there are that many.
  Json WaitForRecords(size_t count) {
    Json records = Json::array();
    EXPECT_TRUE(WaitFor([&] {
      records = stack().LlmctlJson({"logs", "list"}).at("records");
      return records.size() >= count;
    })) << records.dump(2);
    return records;
  }

  FakeUpstream first_;
  FakeUpstream second_;
  std::string token_;
};

TEST_P(RequestRecord, ShowsBothAttemptsOfAFailover) {
  first_.FailNext(1, 500);
  second_.Next(AnswerJson(
      200,
      R"({"model":"gpt-4o-2024","usage":{"prompt_tokens":11,"completion_tokens":22,"total_tokens":33}})"));
  const HttpAnswer answer = stack().Chat(token_);
  ASSERT_EQ(answer.status, 200);
  const Json records = WaitForRecords(1);
  ASSERT_EQ(records.size(), 1U);
  const std::string id = records[0].at("request_id");
  EXPECT_EQ(id, answer.Header("x-llmgw-request-id"));
  const Json record = stack().LlmctlJson({"logs", "show", id});
  EXPECT_EQ(record.at("upstream"), "second") << record.dump(2);
  EXPECT_EQ(record.at("status"), 200);
  EXPECT_EQ(record.at("model_asked"), "gpt-4o");
  EXPECT_EQ(record.at("model_served"), "gpt-4o-2024");
  EXPECT_EQ(record.at("input_tokens"), 11);
  EXPECT_EQ(record.at("output_tokens"), 22);
  ASSERT_EQ(record.at("attempts").size(), 2U);
  EXPECT_EQ(record["attempts"][0].at("upstream"), "first");
  EXPECT_EQ(record["attempts"][0].at("status"), 500);
  EXPECT_EQ(record["attempts"][1].at("upstream"), "second");
  EXPECT_EQ(record["attempts"][1].at("outcome"), "ok");
}

TEST_P(RequestRecord, IsKeptForWhatTheGatewayRefused) {
  EXPECT_EQ(stack().Chat("sk-wrong").status, 401);
  const Json records = WaitForRecords(1);
  EXPECT_EQ(records[0].at("status"), 401) << records.dump(2);
  EXPECT_EQ(records[0].at("reason"), "invalid_api_key");
  EXPECT_EQ(records[0].at("fault"), "client");
}

TEST_P(RequestRecord, IsKeptWhileTheControlplaneIsAway) {
  stack().KillControlplane();
  EXPECT_EQ(stack().Chat(token_).status, 200);
  stack().StartControlplane();
  EXPECT_EQ(WaitForRecords(1).size(), 1U);
}

TEST_P(RequestRecord, HasTheUsageOfAStream) {
  first_.Next(StreamSse({R"({"choices":[{"delta":{"content":"Hi"}}]})",
                         R"({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":77}})",
                         "[DONE]"}));
  Connection client = stack().StartStream(token_);
  EXPECT_TRUE(ReadAnswer(client, "POST").complete);
  const Json records = WaitForRecords(1);
  EXPECT_EQ(records[0].at("stream"), true);
  EXPECT_EQ(records[0].at("output_tokens"), 77) << records.dump(2);
}

INSTANTIATE_OVER_STORES(RequestRecord);

}  // namespace
}  // namespace llmgw::test

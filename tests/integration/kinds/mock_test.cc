// A mock upstream answers and fails as it is told to, and its failures are an upstream's.
#include <nlohmann/json.hpp>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using Json = nlohmann::json;
using settings::MockFault;
using std::chrono::milliseconds;

class MockTest : public GatewayTest {
 protected:
  settings::MockSettings& mock() { return AddMock("mock").mock; }

  HttpAnswer StreamedChat() {
    Connection client = OpenStream();
    return ReadAnswer(client);
  }
  void ExpectRecord(const std::string& reason, int status) {
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->reason, reason);
    EXPECT_EQ(record->status, status);
  }
};

TEST_F(MockTest, EchoesTheLastUserMessage) {
  mock().mode = settings::MockMode::kEcho;
  Start();
  const auto said = [this](const std::string& messages) {
    const std::string body = R"({"model":"m","messages":)" + messages + "}";
    return Json::parse(Chat(body).body)["choices"][0]["message"]["content"].get<std::string>();
  };
  EXPECT_EQ(said(R"([{"role":"user","content":"first"},{"role":"assistant","content":"no"},
                     {"role":"user","content":"the \"last\" \u00e9"}])"),
            "the \"last\" \u00e9");
  EXPECT_EQ(said(R"([{"role":"user","content":[{"type":"text","text":"in parts"},
                                               {"type":"image_url","image_url":{"url":"data:"}}]}])"),
            "in parts");
  EXPECT_EQ(said("[]"), "one two three");
}

TEST_F(MockTest, NamesTheFieldsThatItHasNoPlaceFor) {
  mock();
  Start();
  const HttpAnswer answer =
      Chat(R"({"model":"m","messages":[],"temperature":1,"tools":[],"a,\r\nb":1})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("x-llmgw-unsupported"), "a???b, temperature, tools");
  EXPECT_EQ(Chat().Header("x-llmgw-unsupported"), "");
}

TEST_F(MockTest, APathThatItHasNoPlaceForIsNamed) {
  mock();
  Start();
  const HttpAnswer answer = PostJson(address(), "/v1/embeddings", R"({"model":"m"})", kKey);
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(ErrorField(answer.body, "code"), "path_not_supported");
  EXPECT_EQ(answer.Header("x-llmgw-unsupported"), "/v1/embeddings");
}

TEST_F(MockTest, AFaultyStatusComesWithRetryAfter) {
  auto& settings = mock();
  settings.fault = MockFault::kStatus;
  settings.fault_status = 503;
  settings.fault_retry_after = std::chrono::seconds(7);
  Start();
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Header("retry-after"), "7");
  EXPECT_EQ(ErrorField(answer.body, "type"), "server_error");
  ExpectRecord("upstream_error", 503);
}

TEST_F(MockTest, AFaultyStatusGoesToTheNextCandidate) {
  auto& settings = mock();
  settings.fault = MockFault::kStatus;
  AddMock("second").mock.reply = "second";
  Start();
  EXPECT_NE(Chat().body.find("second"), std::string::npos);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 2U);
  EXPECT_EQ(record->attempts[0].outcome, "refused");
  EXPECT_EQ(record->attempts[0].status, 500);
}

TEST_F(MockTest, ACutAnswerIsNeverWhole) {
  mock().fault = MockFault::kCut;
  Start();
  EXPECT_FALSE(Chat().complete);
  ExpectRecord("stream_broken", 200);
  const HttpAnswer stream = StreamedChat();
  EXPECT_TRUE(stream.complete);
  EXPECT_NE(stream.body.find("event: error"), std::string::npos);
  EXPECT_EQ(stream.body.find("[DONE]"), std::string::npos);
  ExpectRecord("stream_broken", 200);
}

TEST_F(MockTest, GarbageIsNeitherJsonNorEvents) {
  mock().fault = MockFault::kGarbage;
  Start();
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(Json::parse(answer.body, nullptr, false).is_discarded());
  EXPECT_EQ(StreamedChat().body.find("data:"), std::string::npos);
}

TEST_F(MockTest, AHangingMockIsATimeout) {
  auto& upstream = AddMock("mock");
  upstream.mock.fault = MockFault::kHang;
  upstream.timeouts.first_byte = milliseconds(20);
  Start();
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 504);
  EXPECT_EQ(ErrorField(answer.body, "code"), "upstream_timeout");
}

TEST_F(MockTest, AFirstByteThatComesTooLateIsATimeout) {
  auto& upstream = AddMock("mock");
  upstream.mock.first_byte_delay = std::chrono::hours(1);
  upstream.timeouts.first_byte = milliseconds(20);
  Start();
  EXPECT_EQ(Chat().status, 504);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->attempts.at(0).outcome, "first_byte_timeout");
}

TEST_F(MockTest, AStreamEndsVisiblyAtTheTotalTimeout) {
  auto& upstream = AddMock("mock");
  upstream.mock.chunk_interval = std::chrono::hours(1);
  upstream.timeouts.total = milliseconds(50);
  Start();
  const HttpAnswer stream = StreamedChat();
  EXPECT_NE(stream.body.find("total timeout"), std::string::npos) << stream.body;
  EXPECT_EQ(stream.body.find("[DONE]"), std::string::npos);
}

TEST_F(MockTest, AStreamTellsUsageOnlyWhereItIsAskedFor) {
  mock();
  Start();
  const std::string ask = R"({"model":"m","stream":true,"messages":[])";
  EXPECT_EQ(Chat(ask + "}").body.find("usage"), std::string::npos);
  auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->usage.output, 3);
  EXPECT_NE(Chat(ask + R"(,"stream_options":{"include_usage":true}})").body.find("usage"),
            std::string::npos);
  record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->usage.output, 3);
}

TEST_F(MockTest, AnErrorEventComesBehindAGoodStatus) {
  mock().fault = MockFault::kErrorEvent;
  Start();
  const HttpAnswer stream = StreamedChat();
  EXPECT_EQ(stream.status, 200);
  EXPECT_TRUE(stream.body.starts_with("data: {\"error\":")) << stream.body;
  EXPECT_EQ(stream.body.find("[DONE]"), std::string::npos);
  ExpectRecord("upstream_error_event", 200);
}

TEST_F(MockTest, AnErrorEventBeforeContentGoesToTheNextCandidate) {
  mock().fault = MockFault::kErrorEvent;
  AddMock("second").mock.reply = "second";
  Start();
  const HttpAnswer stream = StreamedChat();
  EXPECT_NE(stream.body.find("second"), std::string::npos);
  EXPECT_EQ(stream.body.find("error"), std::string::npos);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 2U);
  EXPECT_EQ(record->attempts[0].outcome, "error_event");
}

TEST_F(MockTest, BeyondItsRateItAnswers429) {
  mock().rate = std::make_shared<settings::MockRate>(1);
  Start();
  // Of three requests two at least fall into one second.
  bool limited = false;
  for (int i = 0; i < 3 && !limited; ++i) {
    const HttpAnswer answer = Chat();
    limited = answer.status == 429;
    if (limited) {
      EXPECT_EQ(answer.Header("retry-after"), "1");
      EXPECT_EQ(ErrorField(answer.body, "code"), "rate_limit_exceeded");
    }
  }
  EXPECT_TRUE(limited);
}

}  // namespace
}  // namespace llmgw::test

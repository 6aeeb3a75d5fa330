// What passes between client and upstream when all goes well.
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using RelayTest = GatewayTest;

TEST_F(RelayTest, ForwardsARequestWithTheUpstreamsCredentialAndRelaysTheAnswer) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  fake.Next(AnswerJson(
      200, R"({"id":"x","model":"gpt-4o-2024","usage":{"prompt_tokens":3,"completion_tokens":5}})",
      {{"X-Ratelimit-Remaining", "7"}}));

  const HttpAnswer answer = Chat();

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("x-ratelimit-remaining"), "7");
  EXPECT_EQ(
      answer.body,
      R"({"id":"x","model":"gpt-4o-2024","usage":{"prompt_tokens":3,"completion_tokens":5}})");
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->target, "/v1/chat/completions");
  EXPECT_EQ(request->Header("authorization"), "Bearer sk-upstream-one");
  EXPECT_EQ(request->Header("host"), fake.address());
  EXPECT_EQ(request->body, R"({"model":"gpt-4o","messages":[]})");
  EXPECT_EQ(request->raw_head.find(kKey), std::string::npos);

  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->status, 200);
  EXPECT_EQ(record->reason, "ok");
  EXPECT_EQ(record->key_id, "key_test");
  EXPECT_EQ(record->upstream, "one");
  EXPECT_EQ(record->model_asked, "gpt-4o");
  EXPECT_EQ(record->model_served, "gpt-4o-2024");
  EXPECT_EQ(record->usage.input, 3);
  EXPECT_EQ(record->usage.output, 5);
  EXPECT_EQ(answer.Header("x-llmgw-request-id"), record->request_id);
}

TEST_F(RelayTest, RelaysEachStreamEventBeforeTheNextOneIsMade) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  Gate gate;
  fake.Next(StreamSse({R"({"n":1})", R"({"n":2})",
                       R"({"usage":{"prompt_tokens":1,"completion_tokens":2}})", "[DONE]"},
                      gate));
  Connection client = OpenStream();

  gate.Release();
  EXPECT_NE(client.TakeThrough("{\"n\":1}\n\n"), "");
  gate.Release();
  EXPECT_NE(client.TakeThrough("{\"n\":2}\n\n"), "");
  gate.Open();
  EXPECT_NE(client.TakeThrough("data: [DONE]\n\n\r\n0\r\n\r\n"), "");

  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->stream);
  EXPECT_EQ(record->usage.output, 2);
  EXPECT_EQ(record->reason, "ok");
}

TEST_F(RelayTest, UsesAKeptUpstreamConnectionAgain) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(fake.connections_accepted(), 1U);
}

TEST_F(RelayTest, ServesPipelinedRequestsInOrder) {
  FakeUpstream fake;
  AddUpstream("one", fake);
  Start();
  fake.Handle(
      [](const ReceivedRequest& request) { return AnswerJson(200, "\"" + request.body + "\""); });
  Connection client = Connect();
  std::string bytes;
  for (const char* body : {"a", "b", "c"}) {
    bytes += Print(
        {.method = "POST", .target = "/v1/x", .headers = {{"Authorization", kKey}}, .body = body});
  }
  ASSERT_TRUE(client.Write(bytes));
  EXPECT_EQ(ReadAnswer(client).body, "\"a\"");
  EXPECT_EQ(ReadAnswer(client).body, "\"b\"");
  EXPECT_EQ(ReadAnswer(client).body, "\"c\"");
}

TEST_F(RelayTest, MockUpstreamStreamsCannedChat) {
  AddMock("mock");
  Start();
  Connection client = OpenStream();
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.complete);
  EXPECT_NE(answer.body.find("\" two\""), std::string::npos);
  EXPECT_NE(answer.body.find("data: [DONE]"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::test

// When an answer is committed: a stream that fails before its first content goes to the next
// candidate, and what was held back reaches the client to the byte.
#include <string>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

const std::string kRole = R"({"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]})";
const std::string kHello = R"({"choices":[{"index":0,"delta":{"content":"Hello"}}]})";
const std::string kError = R"({"error":{"message":"overloaded","type":"server_error"}})";

class CommitTest : public GatewayTest {
 protected:
  void StartTwo() {
    AddUpstream("first", first);
    AddUpstream("second", second);
    Start();
    second.Always(StreamSse({kHello, "[DONE]"}));
  }

  HttpAnswer Stream() {
    Connection client = OpenStream();
    return ReadAnswer(client);
  }

  // The first candidate's answer was given up, as `outcome`, and the second one's came.
  void ExpectSecond(const std::string& outcome) {
    const HttpAnswer answer = Stream();
    EXPECT_EQ(answer.body, "data: " + kHello + "\n\ndata: [DONE]\n\n");
    EXPECT_TRUE(answer.complete);
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->reason, "ok");
    EXPECT_EQ(record->upstream, "second");
    ASSERT_EQ(record->attempts.size(), 2U);
    EXPECT_EQ(record->attempts[0].outcome, outcome);
    EXPECT_EQ(record->attempts[0].status, 200);
    EXPECT_EQ(record->attempts[1].outcome, "ok");
  }

  FakeUpstream first;
  FakeUpstream second;
};

TEST_F(CommitTest, AnErrorEventFirstGoesToTheNextCandidate) {
  StartTwo();
  first.Next(StreamSse({kError}));
  ExpectSecond("error_event");
  first.Next(StreamSse({kRole, kError}));
  ExpectSecond("error_event");
  Gate open;
  open.Open();
  first.Next(Trickle(StreamSse({kRole, kError}), open));
  ExpectSecond("error_event");
}

TEST_F(CommitTest, AStreamWithoutContentGoesToTheNextCandidate) {
  StartTwo();
  first.Next(StreamSse({}));
  ExpectSecond("empty_stream");
  first.Next(StreamSse({"[DONE]"}));
  ExpectSecond("empty_stream");
  first.Next(StreamSse({kRole}, std::nullopt, Framing::kUntilClose));
  ExpectSecond("empty_stream");
  first.Next(ThenClose(Raw(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")));
  ExpectSecond("reset");
  first.Next(
      Raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: "
          "chunked\r\n\r\nzz\r\n"));
  ExpectSecond("bad_response");
}

TEST_F(CommitTest, AnErrorForADocumentGoesToTheNextCandidate) {
  StartTwo();
  first.Next(AnswerJson(200, kError));
  ExpectSecond("error_body");
  first.Next(AnswerChunks(200, {"\n", kError.substr(0, 5), kError.substr(5)},
                          {{"Content-Type", "application/json"}}));
  ExpectSecond("error_body");
  // The same where no stream was asked for.
  first.Next(AnswerJson(200, kError));
  second.Next(AnswerJson(200, R"({"id":1})"));
  EXPECT_EQ(Chat().body, R"({"id":1})");
}

TEST_F(CommitTest, AFaultOfTheClientDoesNotGoOn) {
  StartTwo();
  const std::string refusal = R"({"error":{"message":"no","type":"invalid_request_error"}})";
  first.Next(StreamSse({refusal}));
  EXPECT_EQ(Stream().body, "data: " + refusal + "\n\n");
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "upstream_error_event");
  EXPECT_EQ(record->attempts.size(), 1U);
}

TEST_F(CommitTest, RetryOnSaysWhatGoesOn) {
  StartTwo();
  route().retry_on.status.reset();
  route().retry_on.status.set(503);
  Apply();
  first.Next(StreamSse({kError}));
  EXPECT_EQ(Stream().body, "data: " + kError + "\n\n");
  (void)records.Wait();
  first.Next(StreamSse({R"({"error":{"code":503}})"}));
  ExpectSecond("error_event");
}

TEST_F(CommitTest, TheLastCandidatesOwnAnswerIsTheClients) {
  StartTwo();
  first.Next(StreamSse({kError}));
  second.Next(StreamSse({kRole, kError}));
  EXPECT_EQ(Stream().body, "data: " + kRole + "\n\ndata: " + kError + "\n\n");
}

TEST_F(CommitTest, FirstByteCommitsAtOnce) {
  StartTwo();
  route().commit = settings::CommitPoint::kFirstByte;
  Apply();
  first.Next(StreamSse({kError}));
  EXPECT_EQ(Stream().body, "data: " + kError + "\n\n");
  Gate gate;
  first.Next(StreamSse({kRole, kHello, "[DONE]"}, gate));
  Connection client = OpenStream();
  gate.Release();
  EXPECT_NE(client.TakeThrough(kRole), "");
  gate.Open();
}

TEST_F(CommitTest, WhatWasHeldReachesTheClientToTheByte) {
  StartTwo();
  const std::string bytes =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Own: kept\r\n"
      "Transfer-Encoding: chunked\r\n\r\n" +
      Chunk(": wait\r\n\r\n") + "009;x=1\r\n: again\n\n\r\n" + Chunk("data: " + kRole + "\n\n") +
      Chunk("data: " + kHello.substr(0, 9)) + Chunk(kHello.substr(9) + "\n\n") +
      Chunk("data: [DONE]\n\n") + "0\r\nX-T: 1\r\n\r\n";
  Gate open;
  open.Open();
  for (const bool trickled : {false, true}) {
    const Reply reply = Raw(bytes);
    first.Next(trickled ? Trickle(reply, open) : reply);
    Connection client = OpenStream();
    Message message = ReadHead(client);
    ReadBody(client, ResponseFraming(message, "POST"), message);
    EXPECT_TRUE(message.complete);
    EXPECT_EQ(message.raw_body, bytes.substr(bytes.find("\r\n\r\n") + 4));
    EXPECT_EQ(message.Header("x-own"), "kept");
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->attempts.size(), 1U);
    EXPECT_EQ(record->reason, "ok");
  }
}

TEST_F(CommitTest, WhatWasHeldIsForwardedAtTheFirstByteTimeout) {
  AddUpstream("first", first).timeouts.first_byte_stream = milliseconds(500);
  AddUpstream("second", second);
  Start();
  Gate gate;
  first.Next(StreamSse({kRole, kHello, "[DONE]"}, gate));
  Connection client = OpenStream();
  gate.Release();
  EXPECT_NE(client.TakeThrough(kRole + "\n\n"), "") << "before any content";
  gate.Open();
  EXPECT_NE(client.TakeThrough("[DONE]"), "");
  EXPECT_TRUE(second.requests().empty());
}

TEST_F(CommitTest, AHeadThatNothingFollowsGoesToTheNextInTime) {
  AddUpstream("first", first).timeouts.first_byte_stream = milliseconds(500);
  AddUpstream("second", second);
  Start();
  const Gate closed;
  first.Next(StreamSse({kRole, kHello, "[DONE]"}, closed));
  second.Next(StreamSse({kRole, kHello, "[DONE]"}));
  Connection client = OpenStream();
  EXPECT_NE(client.TakeThrough("[DONE]"), "");
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 2U);
  EXPECT_EQ(record->attempts[0].outcome, "first_byte_timeout");
}

TEST_F(CommitTest, NoMoreThanALittleIsHeld) {
  StartTwo();
  first.Next(
      Raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: "
          "chunked\r\n\r\n" +
          Chunk(": " + std::string(100'000, 'x') + "\n\n")));
  Connection client = OpenStream();
  EXPECT_NE(client.TakeThrough("x\n\n\r\n"), "") << "the stream goes on without content";
}

TEST_F(CommitTest, AClientThatLeavesWhileItIsHeldCancelsTheUpstream) {
  StartTwo();
  const Gate closed;
  first.Next(StreamSse({kRole, kHello}, closed));
  {
    Connection client = OpenStream();
    ASSERT_TRUE(first.WaitForRequest());
  }
  EXPECT_TRUE(first.WaitForClientGone());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "client_gone");
}

TEST_F(CommitTest, AnswersOfOtherKindsAreNotHeld) {
  StartTwo();
  for (const char* type : {"text/plain", "audio/mpeg", "application/octet-stream"}) {
    Gate gate;
    Reply reply = AnswerChunks(200, {"{\"error\"", ":1}"}, {{"Content-Type", type}});
    first.Next(reply);
    EXPECT_EQ(Stream().body, "{\"error\":1}") << type;
  }
}

}  // namespace
}  // namespace llmgw::test

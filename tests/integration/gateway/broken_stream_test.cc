// An answer that breaks after its first byte ends visibly: never as a whole one, never with a
// [DONE] that the upstream did not send.
#include <string>
#include <vector>

#include "dataplane/record/digest/sse_scanner.h"
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

struct Event {
  std::string type;
  std::string data;
};

// Reads an event stream as a client does.
std::vector<Event> ParseSse(const std::string& body) {
  record::SseScanner scanner;
  std::vector<Event> events;
  const auto add = [&](const record::SseEvent& event) {
    events.push_back({std::string(event.type), std::string(event.data)});
  };
  scanner.Feed(body, add);
  scanner.Finish(add);
  return events;
}

const std::vector<std::string> kEvents = {R"({"n":1})", R"({"n":2})", "[DONE]"};

// All that an answer sends, in one piece.
std::string Bytes(const Reply& reply) {
  std::string bytes;
  for (const Reply::Step& step : reply.steps)
    if (const auto* send = std::get_if<Reply::Send>(&step)) bytes += send->bytes;
  return bytes;
}

size_t HeadBytes(const std::string& bytes) { return bytes.find("\r\n\r\n") + 4; }

class BrokenStreamTest : public GatewayTest {
 protected:
  void StartOne() {
    AddUpstream("only", fake);
    Start();
  }

  HttpAnswer Stream(const Reply& reply) {
    fake.Next(reply);
    Connection client = OpenStream();
    return ReadAnswer(client);
  }

  // The same for a reply that breaks: the connection must not be used again.
  HttpAnswer BrokenStream(const Reply& reply) {
    fake.Next(reply);
    Connection client = OpenStream();
    HttpAnswer answer = ReadAnswer(client);
    EXPECT_TRUE(client.WaitForClose());
    return answer;
  }

  // The stream ended with an error event that says why, and whole framing.
  void ExpectErrorEvent(const HttpAnswer& answer, const std::string& how) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.complete) << "the chunk framing that the client got is not whole";
    const std::vector<Event> events = ParseSse(answer.body);
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.back().type, "error");
    EXPECT_EQ(ErrorField(events.back().data, "code"), "stream_broken") << answer.body;
    EXPECT_EQ(ErrorField(events.back().data, "fault"), "upstream");
    EXPECT_NE(ErrorField(events.back().data, "message").find(how), std::string::npos)
        << answer.body;
    for (const Event& event : events) EXPECT_NE(event.data, "[DONE]");
  }

  void ExpectBrokenRecord() {
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->status, 200);
    EXPECT_EQ(record->reason, "stream_broken");
    EXPECT_EQ(record->fault, model::Fault::kUpstream);
    ASSERT_EQ(record->attempts.size(), 1U);
    EXPECT_EQ(record->attempts[0].outcome, "stream_broken");
    EXPECT_NE(record->attempts[0].error, "");
  }

  FakeUpstream fake;
};

TEST_F(BrokenStreamTest, ResetBetweenEvents) {
  StartOne();
  const std::string bytes = Bytes(StreamSse(kEvents));
  Gate gate;
  Reply reply = Raw(bytes.substr(0, HeadBytes(bytes) + Chunk("data: {\"n\":1}\n\n").size()));
  reply.steps.emplace_back(Reply::WaitAt{gate});
  reply.steps.emplace_back(Reply::Reset{});
  fake.Next(reply);
  Connection client = OpenStream();
  const std::string head = client.TakeThrough("\r\n\r\n");
  const std::string first = client.TakeThrough("data: {\"n\":1}\n\n\r\n");
  EXPECT_NE(first, "");
  gate.Release();
  client.buffer().insert(0, head + first);
  const HttpAnswer answer = ReadAnswer(client);
  ExpectErrorEvent(answer, "closed in the middle");
  EXPECT_EQ(ParseSse(answer.body).size(), 2U);
  EXPECT_TRUE(client.WaitForClose());
  ExpectBrokenRecord();
}

TEST_F(BrokenStreamTest, CutAtEveryByte) {
  StartOne();
  const std::string bytes = Bytes(StreamSse(kEvents));
  const size_t done = bytes.find("data: [DONE]") + 12;
  const size_t last_chunk = bytes.size() - 5;
  for (size_t cut = HeadBytes(bytes); cut < bytes.size(); ++cut) {
    SCOPED_TRACE(cut);
    const HttpAnswer answer = BrokenStream(ThenClose(Raw(bytes.substr(0, cut))));
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->reason, "stream_broken");
    EXPECT_EQ(record->fault, model::Fault::kUpstream);
    if (cut < done) {
      EXPECT_EQ(answer.body.find("[DONE]\n"), std::string::npos);
    }
    if (!answer.complete) {
      // Once the end has been announced nothing can be added: the framing itself is cut short.
      EXPECT_GT(cut, last_chunk);
      continue;
    }
    const std::vector<Event> events = ParseSse(answer.body);
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.back().type, "error");
    EXPECT_EQ(ErrorField(events.back().data, "code"), "stream_broken");
    if (cut >= bytes.find("data: {\"n\":1}\n\n") + 15) {
      EXPECT_EQ(events.front().data, R"({"n":1})");
    }
  }
}

TEST_F(BrokenStreamTest, TrickledAndThenCutAtEveryByte) {
  StartOne();
  const std::string bytes = Bytes(StreamSse({"a", "b"}));
  Gate open;
  open.Open();
  for (size_t cut = HeadBytes(bytes); cut <= bytes.size() - 5; ++cut) {
    SCOPED_TRACE(cut);
    const HttpAnswer answer = BrokenStream(ThenClose(Trickle(Raw(bytes.substr(0, cut)), open)));
    ASSERT_TRUE(answer.complete);
    EXPECT_EQ(ParseSse(answer.body).back().type, "error");
    ExpectBrokenRecord();
  }
}

TEST_F(BrokenStreamTest, BadChunkFraming) {
  StartOne();
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string event = Chunk("data: {\"n\":1}\n\n");
  for (const std::string& bad : {std::string("zz\r\n"), std::string("5\nhello"),
                                 std::string("5\r\nhelloXX"), std::string("-1\r\n")}) {
    SCOPED_TRACE(bad);
    ExpectErrorEvent(BrokenStream(Raw(head + event + bad)), "bad chunk framing");
    ExpectBrokenRecord();
    // The same in a read of its own.
    Gate open;
    open.Open();
    ExpectErrorEvent(BrokenStream(Trickle(Raw(head + event + bad), open)), "bad chunk framing");
    ExpectBrokenRecord();
  }
}

TEST_F(BrokenStreamTest, SilentForTooLong) {
  AddUpstream("only", fake).timeouts.idle = milliseconds(60);
  Start();
  Reply reply = StreamSse(kEvents);
  reply.steps.insert(reply.steps.begin() + 2, Reply::Hang{});
  ExpectErrorEvent(BrokenStream(reply), "idle timeout");
  EXPECT_TRUE(fake.WaitForClientGone());
  ExpectBrokenRecord();
}

TEST_F(BrokenStreamTest, AStreamWithALengthIsCutShortOfIt) {
  StartOne();
  const HttpAnswer answer = BrokenStream(ThenClose(
      Raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 100\r\n\r\n"
          "data: {\"n\":1}\n\n")));
  EXPECT_FALSE(answer.complete);
  EXPECT_EQ(answer.body, "data: {\"n\":1}\n\n");
  ExpectBrokenRecord();
}

TEST_F(BrokenStreamTest, AnEndByCloseIsWholeUnlessTheConnectionWasReset) {
  StartOne();
  const Reply whole = StreamSse(kEvents, std::nullopt, Framing::kUntilClose);
  const HttpAnswer answer = Stream(whole);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(ParseSse(answer.body).back().data, "[DONE]");
  auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "ok");

  Gate gate;
  Reply reset = Raw(Bytes(StreamSse({"1"}, std::nullopt, Framing::kUntilClose)));
  reset.steps.emplace_back(Reply::WaitAt{gate});
  reset.steps.emplace_back(Reply::Reset{});
  fake.Next(reset);
  Connection client = OpenStream();
  const std::string begin = client.TakeThrough("data: 1\n\n\r\n");
  gate.Release();
  client.buffer().insert(0, begin);
  ExpectErrorEvent(ReadAnswer(client), "closed in the middle");
  ExpectBrokenRecord();
}

TEST_F(BrokenStreamTest, AnEndByCloseWithinAnEventIsABreak) {
  StartOne();
  for (const char* cut : {"data: {\"choi", "data: {\"n\":2}\n", "event: message\n"}) {
    SCOPED_TRACE(cut);
    Reply reply = Raw(Bytes(StreamSse({"1"}, std::nullopt, Framing::kUntilClose)) + cut);
    reply.steps.emplace_back(Reply::Close{});
    const HttpAnswer answer = BrokenStream(reply);
    ExpectErrorEvent(answer, "closed in the middle");
    ExpectBrokenRecord();
  }
}

TEST_F(BrokenStreamTest, AnEndByCloseRightAfterDoneIsAnEnd) {
  StartOne();
  for (const char* tail : {"data: [DONE]\n\n", "data: [DONE]\n\n: bye", "data: [DONE]\n\n\n"}) {
    SCOPED_TRACE(tail);
    Reply reply = Raw(Bytes(StreamSse({"1"}, std::nullopt, Framing::kUntilClose)) + tail);
    reply.steps.emplace_back(Reply::Close{});
    const HttpAnswer answer = Stream(reply);
    EXPECT_TRUE(answer.complete);
    EXPECT_EQ(ParseSse(answer.body).back().data, "[DONE]");
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->reason, "ok");
  }
}

TEST_F(BrokenStreamTest, ADocumentThatIsCutIsNeverWholeForTheClient) {
  StartOne();
  EXPECT_FALSE(BrokenStream(WrongContentLength(100)).complete);
  ExpectBrokenRecord();
  const std::string chunked =
      Bytes(AnswerChunks(200, {"{\"a\":", "1}"}, {{"Content-Type", "application/json"}}));
  for (size_t cut = HeadBytes(chunked); cut < chunked.size(); ++cut) {
    SCOPED_TRACE(cut);
    const HttpAnswer answer = BrokenStream(ThenClose(Raw(chunked.substr(0, cut))));
    EXPECT_FALSE(answer.complete);
    EXPECT_EQ(answer.body.find("error"), std::string::npos);
    ExpectBrokenRecord();
  }
}

TEST_F(BrokenStreamTest, AnHttp10ClientSeesTheErrorEventOfAStream) {
  StartOne();
  const std::string bytes = Bytes(StreamSse(kEvents));
  fake.Next(ThenClose(Raw(bytes.substr(0, HeadBytes(bytes) + 10))));
  Connection client = Connect();
  ASSERT_TRUE(client.Write(std::string("GET /v1/x HTTP/1.0\r\nAuthorization: Bearer ") + kKey +
                           "\r\n\r\n"));
  ExpectErrorEvent(ReadAnswer(client), "closed in the middle");
  ExpectBrokenRecord();
}

TEST_F(BrokenStreamTest, AnHttp10ClientSeesTheCutOfADocumentAsABrokenConnection) {
  StartOne();
  const std::string bytes =
      Bytes(AnswerChunks(200, {"{\"a\":", "1}"}, {{"Content-Type", "application/json"}}));
  fake.Next(ThenClose(Raw(bytes.substr(0, HeadBytes(bytes) + 7))));
  Connection client = Connect();
  ASSERT_TRUE(client.Write(std::string("GET /v1/x HTTP/1.0\r\nAuthorization: Bearer ") + kKey +
                           "\r\n\r\n"));
  Connection::Event how = Connection::Event::kData;
  const std::string answer = client.TakeToEnd(&how);
  EXPECT_EQ(how, Connection::Event::kReset) << answer;
  ExpectBrokenRecord();
}

TEST_F(BrokenStreamTest, AnErrorEventOfTheUpstreamPassesAndIsRecorded) {
  StartOne();
  const HttpAnswer answer =
      Stream(StreamSse({R"({"n":1})", R"({"error":{"message":"overloaded"}})"}));
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(ParseSse(answer.body).size(), 2U);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "upstream_error_event");
  EXPECT_EQ(record->fault, model::Fault::kUpstream);
  EXPECT_EQ(record->status, 200);
}

TEST_F(BrokenStreamTest, ABrokenConnectionIsNotKept) {
  StartOne();
  EXPECT_FALSE(BrokenStream(WrongContentLength(100)).complete);
  EXPECT_EQ(Chat().status, 200);
  EXPECT_EQ(fake.connections_accepted(), 2U);
}

}  // namespace
}  // namespace llmgw::test

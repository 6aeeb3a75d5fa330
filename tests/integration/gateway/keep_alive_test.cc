// One connection, many requests: when it stays open, when it closes, and how bodies are framed so
// that both sides agree on where the next message begins.
#include <atomic>
#include <thread>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

class KeepAliveTest : public GatewayTest {
 protected:
  KeepAliveTest() {
    AddUpstream("one", fake);
    fake.Handle([](const ReceivedRequest& request) {
      return AnswerJson(200, "\"" + request.target + " " + request.body + "\"");
    });
  }

  static std::string Bytes(const std::string& target, const std::string& lines = {},
                           const std::string& version = "HTTP/1.1") {
    return "GET " + target + " " + version + "\r\nHost: a\r\nAuthorization: " + kKey + "\r\n" +
           lines + "\r\n";
  }

  FakeUpstream fake;
};

TEST_F(KeepAliveTest, Http11StaysOpenUnlessToldToClose) {
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Bytes("/v1/a")));
  const HttpAnswer first = ReadAnswer(client);
  EXPECT_EQ(first.body, "\"/v1/a \"");
  EXPECT_EQ(CountHeader(first.headers, "connection"), 0U);
  ASSERT_TRUE(client.Write(Bytes("/v1/b", "Connection: x, Close\r\n")));
  const HttpAnswer second = ReadAnswer(client);
  EXPECT_EQ(second.body, "\"/v1/b \"");
  EXPECT_EQ(second.Header("connection"), "close");
  EXPECT_TRUE(client.WaitForClose());
}

TEST_F(KeepAliveTest, Http10ClosesUnlessAskedToStayOpen) {
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Bytes("/v1/a", "Connection: keep-alive\r\n", "HTTP/1.0")));
  const HttpAnswer first = ReadAnswer(client);
  EXPECT_EQ(first.body, "\"/v1/a \"");
  EXPECT_EQ(first.Header("connection"), "keep-alive");
  ASSERT_TRUE(client.Write(Bytes("/v1/b", "", "HTTP/1.0")));
  const HttpAnswer second = ReadAnswer(client);
  EXPECT_EQ(second.body, "\"/v1/b \"");
  EXPECT_EQ(second.Header("connection"), "close");
  EXPECT_TRUE(client.WaitForClose());
}

TEST_F(KeepAliveTest, Http10NeedsNoHost) {
  Start();
  Connection client = Connect();
  ASSERT_TRUE(
      client.Write(std::string("GET /v1/a HTTP/1.0\r\nAuthorization: ") + kKey + "\r\n\r\n"));
  EXPECT_EQ(ReadAnswer(client).body, "\"/v1/a \"");
}

TEST_F(KeepAliveTest, NothingAfterConnectionCloseIsServed) {
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Bytes("/v1/a", "Connection: close\r\n") + Bytes("/v1/b")));
  EXPECT_EQ(ReadAnswer(client).body, "\"/v1/a \"");
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(client.buffer(), "");
  EXPECT_EQ(fake.requests().size(), 1U);
}

TEST_F(KeepAliveTest, PipelinedRequestsCutAtAnyByteAreServedInOrder) {
  Start();
  const std::string bytes = Bytes("/v1/a") +
                            Print({.method = "POST",
                                   .target = "/v1/b",
                                   .headers = {{"Authorization", kKey}},
                                   .body = "12345"}) +
                            Bytes("/v1/c");
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    SCOPED_TRACE(cut);
    Connection client = Connect();
    ASSERT_TRUE(client.Write(std::string_view(bytes).substr(0, cut)));
    // By then the first part has been read.
    ASSERT_EQ(Get(address(), "/healthz").status, 200);
    ASSERT_TRUE(client.Write(std::string_view(bytes).substr(cut)));
    ASSERT_EQ(ReadAnswer(client).body, "\"/v1/a \"");
    ASSERT_EQ(ReadAnswer(client).body, "\"/v1/b 12345\"");
    ASSERT_EQ(ReadAnswer(client).body, "\"/v1/c \"");
  }
}

TEST_F(KeepAliveTest, ThousandsOfPipelinedRequestsNeedNoStack) {
  Start();
  Connection client = Connect();
  std::string bytes;
  for (int i = 0; i < 3000; ++i) bytes += "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_TRUE(client.Write(bytes));
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(ReadAnswer(client).status, 200);
}

// While one request waits for its upstream, others use the worker's read buffer.
TEST_F(KeepAliveTest, APipelinedRequestSurvivesWhatOthersSendMeanwhile) {
  Gate gate;
  fake.OnPath("/v1/slow", WaitFirst(gate, AnswerJson(200, "1")));
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Bytes("/v1/slow") + Bytes("/v1/next")));
  ASSERT_TRUE(fake.WaitForRequest());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(PostJson(address(), "/v1/other", std::string(5000, 'x'), kKey).status, 200);
  }
  gate.Open();
  EXPECT_EQ(ReadAnswer(client).body, "1");
  EXPECT_EQ(ReadAnswer(client).body, "\"/v1/next \"");
}

TEST_F(KeepAliveTest, ARequestPipelinedBehindTheMockSurvivesWhatOthersSendMeanwhile) {
  AddMock("mock").mock.first_byte_delay = milliseconds(200);
  AddRoute("mock", "/mock").upstreams = {"mock"};
  Start();
  Connection client = Connect();
  const std::string chat = Print({.method = "POST",
                                  .target = "/mock/v1/chat/completions",
                                  .headers = {{"Authorization", kKey}},
                                  .body = R"({"model":"m","stream":true})"});
  ASSERT_TRUE(client.Write(chat + Bytes("/v1/next")));
  ASSERT_TRUE(WaitFor([this] { return gateway().requests_in_flight() == 1; }));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(PostJson(address(), "/v1/other", std::string(5000, 'x'), kKey).status, 200);
  }
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_TRUE(answer.complete);
  EXPECT_NE(answer.body.find("[DONE]"), std::string::npos);
  EXPECT_EQ(ReadAnswer(client).body, "\"/v1/next \"");
}

// Many chunks come with one read; while the upstream takes the first, others use the buffer.
TEST_F(KeepAliveTest, AStreamedThroughUploadSurvivesWhatOthersSendMeanwhile) {
  options().body_limits.memory_bytes = 1000;
  options().body_limits.replay_bytes = 2000;
  Gate gate;
  Reply reply = AnswerJson(200, "1");
  reply.before_reading.emplace_back(Reply::WaitAt{gate});
  fake.OnPath("/v1/upload", reply);
  Start();
  std::string body;
  std::string framed;
  for (int i = 0; i < 20'000; ++i) {
    const std::string piece = std::to_string(i) + std::string(900, 'u');
    body += piece;
    framed += Chunk(piece);
  }
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Bytes("/v1/upload", "Transfer-Encoding: chunked\r\n")));
  std::atomic<size_t> written = 0;
  std::thread writer([&] {
    for (; written < framed.size(); written += std::min<size_t>(65'536, framed.size() - written)) {
      EXPECT_TRUE(client.Write(std::string_view(framed).substr(written, 65'536)));
    }
    EXPECT_TRUE(client.Write("0\r\n\r\n" + Bytes("/v1/next")));
  });
  // Until the upload is stuck, and on.
  for (size_t before = 1, stuck = 0; stuck < 20; stuck = written == before ? stuck + 1 : 0) {
    before = written;
    EXPECT_EQ(PostJson(address(), "/v1/other", std::string(200'000, 'x'), kKey).status, 200);
  }
  gate.Open();
  writer.join();
  EXPECT_EQ(ReadAnswer(client).body, "1");
  EXPECT_EQ(ReadAnswer(client).body, "\"/v1/next \"");
  for (const ReceivedRequest& request : fake.requests()) {
    EXPECT_TRUE(request.target != "/v1/upload" || request.body == body);
  }
}

TEST_F(KeepAliveTest, AnUnreadBodyIsNeverTakenForTheNextRequest) {
  Start();
  const std::string hidden = Bytes("/v1/hidden");
  for (const bool chunked : {false, true}) {
    for (const bool at_once : {false, true}) {
      Connection client = Connect();
      const std::string framing = chunked ? "Transfer-Encoding: chunked"
                                          : "Content-Length: " + std::to_string(hidden.size());
      ASSERT_TRUE(client.Write("POST /v1/a HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n" +
                               (at_once ? hidden : "")));
      const HttpAnswer answer = ReadAnswer(client);
      EXPECT_EQ(answer.status, 401);
      EXPECT_EQ(answer.Header("connection"), "close");
      (void)client.Write(hidden + hidden);
      EXPECT_TRUE(client.WaitForClose());
      EXPECT_EQ(client.buffer(), "");
    }
  }
  EXPECT_TRUE(fake.requests().empty());
}

TEST_F(KeepAliveTest, AnErrorWithoutUnreadBodyKeepsTheConnection) {
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write("POST /v1/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"));
  const HttpAnswer refused = ReadAnswer(client);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(CountHeader(refused.headers, "connection"), 0U);
  ASSERT_TRUE(client.Write(Bytes("/v1/a")));
  EXPECT_EQ(ReadAnswer(client).status, 200);
}

// The answer is not lost to a reset although the client is still sending.
TEST_F(KeepAliveTest, ARefusedClientThatGoesOnSendingStillReadsItsAnswer) {
  Start();
  Connection client = Connect();
  const std::string body(300'000, 'x');
  ASSERT_TRUE(client.Write("POST /v1/a HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n"));
  (void)client.Write(body);
  EXPECT_EQ(ReadAnswer(client).status, 401);
}

TEST_F(KeepAliveTest, AnIdleConnectionIsClosedWithoutAWord) {
  options().keep_alive_timeout = milliseconds(50);
  Start();
  Connection fresh = Connect();
  Connection used = Connect();
  ASSERT_TRUE(used.Write(Bytes("/v1/a")));
  EXPECT_EQ(ReadAnswer(used).status, 200);
  for (Connection* client : {&fresh, &used}) {
    EXPECT_TRUE(client->WaitForClose());
    EXPECT_EQ(client->buffer(), "");
  }
}

TEST_F(KeepAliveTest, AHeadThatDoesNotEndInTimeIsAnswered408) {
  options().head_timeout = milliseconds(50);
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write("GET /v1/a HTTP/1.1\r\nHo"));
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_EQ(answer.status, 408);
  EXPECT_EQ(ErrorField(answer.body, "code"), "head_timeout");
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_TRUE(client.WaitForClose());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "head_timeout");
  EXPECT_EQ(record->fault, model::Fault::kClient);
}

TEST_F(KeepAliveTest, TheTimeForAHeadIsNotExtendedByMoreOfIt) {
  options().head_timeout = milliseconds(150);
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write("GET /v1/a HTTP/1.1\r\nX-A: "));
  while (client.ReadMore(milliseconds(5)) == Connection::Event::kTimeout) {
    ASSERT_TRUE(client.Write("a"));
    ASSERT_LT(fake.connections_accepted(), 1U);
  }
  EXPECT_EQ(ReadAnswer(client).status, 408);
}

TEST_F(KeepAliveTest, EmptyLinesAfterARequestDoNotBecomeOne) {
  options().head_timeout = milliseconds(20);
  options().keep_alive_timeout = milliseconds(200);
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Bytes("/v1/a") + "\r\n"));
  EXPECT_EQ(ReadAnswer(client).status, 200);
  EXPECT_TRUE(client.WaitForClose());
  EXPECT_EQ(client.buffer(), "");
}

TEST_F(KeepAliveTest, ContinueIsSaidAfterAuthenticationAndNotForwarded) {
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Bytes("/v1/a", "Content-Length: 2\r\nExpect: 100-Continue\r\n")));
  EXPECT_EQ(client.TakeThrough("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(fake.requests().empty());
  ASSERT_TRUE(client.Write("hi"));
  EXPECT_EQ(ReadAnswer(client).body, "\"/v1/a hi\"");
  EXPECT_EQ(fake.WaitForRequest()->Header("expect"), "");
}

TEST_F(KeepAliveTest, ContinueIsNotSaidToStrangers) {
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(
      "POST /v1/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_EQ(answer.status, 401);
  EXPECT_TRUE(answer.interim.empty());
  EXPECT_TRUE(client.WaitForClose());
}

TEST_F(KeepAliveTest, ContinueIsNotSaidForABodyThatIsThereOrTooLargeOrInHttp10) {
  options().body_limits.max_bytes = 100;
  Start();
  const std::string expect = "Expect: 100-continue\r\n";
  Connection there = Connect();
  ASSERT_TRUE(there.Write(Bytes("/v1/a", expect + "Content-Length: 2\r\n") + "hi"));
  const HttpAnswer answer = ReadAnswer(there);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.interim.empty());
  Connection large = Connect();
  ASSERT_TRUE(large.Write(Bytes("/v1/a", expect + "Content-Length: 101\r\n")));
  const HttpAnswer refused = ReadAnswer(large);
  EXPECT_EQ(refused.status, 413);
  EXPECT_TRUE(refused.interim.empty());
  Connection old = Connect();
  ASSERT_TRUE(old.Write(Bytes("/v1/a", expect + "Content-Length: 2\r\n", "HTTP/1.0")));
  ASSERT_EQ(Get(address(), "/healthz").status, 200);
  ASSERT_TRUE(old.Write("hi"));
  EXPECT_TRUE(ReadAnswer(old).interim.empty());
}

TEST_F(KeepAliveTest, HeadKeepsTheLengthAndHasNoBody) {
  fake.OnPath("/v1/a", Raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
  Start();
  Connection client = Connect();
  for (int i = 0; i < 2; ++i) {
    const HttpAnswer answer = Exchange(
        client,
        {.method = "HEAD", .target = "/v1/a", .headers = {{"Authorization", kKey}}, .body = {}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.Header("content-length"), "5");
    EXPECT_TRUE(answer.complete);
  }
  EXPECT_EQ(client.buffer(), "");
  EXPECT_EQ(fake.connections_accepted(), 1U);
  // The gateway's own errors too.
  const HttpAnswer refused =
      Exchange(client, {.method = "HEAD", .target = "/v1/a", .headers = {}, .body = {}});
  EXPECT_EQ(refused.status, 401);
  EXPECT_NE(refused.Header("content-length"), "0");
  ASSERT_TRUE(client.Write(Bytes("/v1/b")));
  EXPECT_EQ(ReadAnswer(client).body, "\"/v1/b \"");
}

TEST_F(KeepAliveTest, StatusesWithoutBodyHaveNone) {
  fake.OnPath("/v1/204", Raw("HTTP/1.1 204 No Content\r\n\r\n"));
  fake.OnPath("/v1/304", Raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: x\r\n\r\n"));
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Bytes("/v1/204") + Bytes("/v1/304") + Bytes("/v1/b")));
  const HttpAnswer none = ReadAnswer(client);
  EXPECT_EQ(none.status, 204);
  EXPECT_EQ(CountHeader(none.headers, "content-length"), 0U);
  EXPECT_EQ(CountHeader(none.headers, "transfer-encoding"), 0U);
  const HttpAnswer unmodified = ReadAnswer(client);
  EXPECT_EQ(unmodified.status, 304);
  EXPECT_EQ(unmodified.Header("content-length"), "5");
  EXPECT_EQ(unmodified.Header("etag"), "x");
  EXPECT_EQ(ReadAnswer(client).body, "\"/v1/b \"");
  EXPECT_EQ(fake.connections_accepted(), 1U);
}

// A server that sends a body where there can be none must not have it taken for the next answer.
TEST_F(KeepAliveTest, AnUpstreamThatSaysTooMuchIsNotUsedAgain) {
  fake.OnPath("/v1/204", Raw("HTTP/1.1 204 No Content\r\nContent-Length: 40\r\n\r\n"
                             "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  fake.OnPath("/v1/200", Raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
                             "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"));
  Start();
  Connection client = Connect();
  for (const char* target : {"/v1/204", "/v1/200"}) {
    ASSERT_TRUE(client.Write(Bytes(target) + Bytes("/v1/b")));
    const HttpAnswer answer = ReadAnswer(client);
    EXPECT_TRUE(answer.body.empty() || answer.body == "hi");
    EXPECT_EQ(ReadAnswer(client).body, "\"/v1/b \"");
  }
}

TEST_F(KeepAliveTest, InterimAnswersOfTheUpstreamAreSkipped) {
  fake.OnPath("/v1/a", Interim(100, Interim(103, AnswerJson(200, "1"))));
  Gate gate;
  fake.OnPath("/v1/slow", Trickle(Interim(102, AnswerJson(200, "2")), gate));
  gate.Open();
  Start();
  for (const char* target : {"/v1/a", "/v1/slow"}) {
    Connection client = Connect();
    ASSERT_TRUE(client.Write(Bytes(target)));
    const HttpAnswer answer = ReadAnswer(client);
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.interim.empty());
    EXPECT_TRUE(answer.complete);
  }
}

TEST_F(KeepAliveTest, AnUnaskedProtocolSwitchIsABadResponse) {
  fake.OnPath("/v1/a", Raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"));
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Bytes("/v1/a")));
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(ErrorField(answer.body, "code"), "upstream_bad_response");
  EXPECT_EQ(ErrorField(answer.body, "fault"), "upstream");
}

TEST_F(KeepAliveTest, AChunkedAnswerEndsAtTheCloseForHttp10) {
  fake.OnPath("/v1/a", AnswerChunks(200, {"ab", "cde", "f"}, {}, {{"X-T", "1"}}));
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Bytes("/v1/a", "Connection: keep-alive\r\n", "HTTP/1.0")));
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_EQ(CountHeader(answer.headers, "transfer-encoding"), 0U);
  EXPECT_EQ(answer.Header("connection"), "close");
  EXPECT_EQ(answer.body, "abcdef");
  EXPECT_TRUE(answer.complete);
}

TEST_F(KeepAliveTest, AnAnswerThatEndsAtTheCloseIsChunkedForHttp11) {
  fake.OnPath("/v1/a", Answer(200, "abcdef", {}, Framing::kUntilClose));
  fake.OnPath("/v1/empty", Answer(200, "", {}, Framing::kUntilClose));
  fake.OnPath("/v1/old", ThenClose(Raw("HTTP/1.0 200 OK\r\n\r\nold")));
  Start();
  Connection client = Connect();
  ASSERT_TRUE(
      client.Write(Bytes("/v1/a") + Bytes("/v1/empty") + Bytes("/v1/old") + Bytes("/v1/b")));
  for (const char* body : {"abcdef", "", "old"}) {
    const HttpAnswer answer = ReadAnswer(client);
    EXPECT_EQ(answer.Header("transfer-encoding"), "chunked");
    EXPECT_EQ(answer.body, body);
    EXPECT_TRUE(answer.complete);
  }
  EXPECT_EQ(ReadAnswer(client).body, "\"/v1/b \"");
}

TEST_F(KeepAliveTest, ChunksExtensionsAndTrailersPassUntouched) {
  const std::string body = "3;name=\"v\"\r\nabc\r\n02\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n";
  fake.OnPath("/v1/a", Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body));
  Start();
  Connection client = Connect();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client.Write(Bytes("/v1/a")));
    EXPECT_NE(client.TakeThrough("\r\n\r\n"), "");
    EXPECT_EQ(client.TakeThrough("X-Trailer: 1\r\n\r\n"), body);
  }
  EXPECT_EQ(fake.connections_accepted(), 1U);
}

TEST_F(KeepAliveTest, AnAnswerInAnyCutIsTheSameAnswer) {
  Gate gate;
  gate.Open();
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  fake.OnPath("/v1/a", Trickle(Raw(head + "3;x\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n"), gate));
  Start();
  for (const char* version : {"HTTP/1.1", "HTTP/1.0"}) {
    Connection client = Connect();
    ASSERT_TRUE(client.Write(Bytes("/v1/a", "", version)));
    const HttpAnswer answer = ReadAnswer(client);
    EXPECT_EQ(answer.body, "abcde");
    EXPECT_TRUE(answer.complete);
  }
}

TEST_F(KeepAliveTest, UpstreamHeadsThatCannotBeTrustedAreBadResponses) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::vector<std::string> heads = {
      ok + "X-A: " + std::string(1 << 20, 'a') + "\r\n\r\n",
      ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      ok + "Transfer-Encoding: gzip\r\n\r\n",
      ok + "X-A: 1\r\n folded\r\n\r\n",
      ok + "X-A : 1\r\n\r\n",
      ok + "X-A: 1\nX-B: 2\r\n\r\n",
      ok + std::string("X-A: \0\r\n\r\n", 10),
      "HTTP/2.0 200 OK\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 099 Low\r\n\r\n",
      "ICY 200 OK\r\n\r\n",
  };
  Start();
  for (const std::string& head : heads) {
    SCOPED_TRACE(head.substr(0, 80));
    fake.Next(ThenClose(Raw(head)));
    Connection client = Connect();
    ASSERT_TRUE(client.Write(Bytes("/v1/a")));
    const HttpAnswer answer = ReadAnswer(client);
    EXPECT_EQ(answer.status, 502);
    EXPECT_EQ(ErrorField(answer.body, "code"), "upstream_bad_response");
    // The client is not to blame: its connection stays.
    ASSERT_TRUE(client.Write(Bytes("/v1/b")));
    EXPECT_EQ(ReadAnswer(client).status, 200);
  }
}

TEST_F(KeepAliveTest, HealthIsAnsweredOpenlyWhateverTheQuery) {
  Start();
  Connection client = Connect();
  for (const char* target : {"/healthz", "/healthz?verbose=1"}) {
    const HttpAnswer answer =
        Exchange(client, {.method = "GET", .target = target, .headers = {}, .body = {}});
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_EQ(answer.body, "\"OK\"");
  }
  const HttpAnswer head =
      Exchange(client, {.method = "HEAD", .target = "/healthz", .headers = {}, .body = {}});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("content-length"), "4");
  EXPECT_EQ(gateway().requests_in_flight(), 0U);
}

}  // namespace
}  // namespace llmgw::test

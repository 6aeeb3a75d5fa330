// Which failures of an upstream go on to the next one, in what order, and what the client gets at
// the end.
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"
#include "tests/integration/gateway/unresponsive_port.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

class FailoverTest : public GatewayTest {
 protected:
  FailoverTest() { second.Always(AnswerJson(200, R"({"from":"second"})")); }

  void StartWithTwo() {
    AddUpstream("first", first);
    AddUpstream("second", second);
    Start();
  }

  // One request that "first" fails with `outcome` and "second" answers.
  void ExpectFailover(const std::string& outcome,
                      const std::string& body = R"({"model":"gpt-4o","messages":[]})") {
    const HttpAnswer answer = Chat(body);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"from":"second"})");
    const auto request = second.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_EQ(request->body, body);
    EXPECT_EQ(request->Header("authorization"), "Bearer sk-upstream-second");
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->status, 200);
    EXPECT_EQ(record->reason, "ok");
    EXPECT_EQ(record->fault, model::Fault::kNone);
    EXPECT_EQ(record->upstream, "second");
    ASSERT_EQ(record->attempts.size(), 2U);
    EXPECT_EQ(record->attempts[0].number, 1U);
    EXPECT_EQ(record->attempts[0].upstream, "first");
    EXPECT_EQ(record->attempts[0].outcome, outcome);
    EXPECT_NE(record->attempts[0].error, "");
    EXPECT_EQ(record->attempts[1].number, 2U);
    EXPECT_EQ(record->attempts[1].upstream, "second");
    EXPECT_EQ(record->attempts[1].outcome, "ok");
    EXPECT_FALSE(records.Wait(milliseconds(0))) << "a request is recorded once";
  }

  FakeUpstream first;
  FakeUpstream second;
};

TEST_F(FailoverTest, GoesOnWhenTheConnectionIsRefused) {
  first.Stop();
  StartWithTwo();
  ExpectFailover("connect_failed");
}

TEST_F(FailoverTest, GoesOnWhenTheConnectionIsNotAcceptedInTime) {
  const UnresponsivePort silent;
  settings::UpstreamSettings& upstream = AddUpstream("first", first);
  upstream.endpoint.port = silent.port();
  upstream.timeouts.connect = milliseconds(50);
  AddUpstream("second", second);
  Start();
  ExpectFailover("connect_timeout");
}

TEST_F(FailoverTest, GoesOnWhenTheConnectionIsResetBeforeTheHead) {
  StartWithTwo();
  first.Next(ResetBeforeHead());
  ExpectFailover("reset");
}

TEST_F(FailoverTest, GoesOnWhenTheConnectionIsClosedBeforeTheHead) {
  StartWithTwo();
  first.Next(CloseBeforeHead());
  ExpectFailover("reset");
}

TEST_F(FailoverTest, GoesOnWhenTheConnectionBreaksWithinTheHead) {
  StartWithTwo();
  first.Next(TruncateAfter(AnswerJson(200, "{}"), 30));
  ExpectFailover("reset");
}

TEST_F(FailoverTest, GoesOnAfterAnAnswerThatIsNotHttp) {
  StartWithTwo();
  first.Next(GarbageHead());
  ExpectFailover("bad_response");
}

TEST_F(FailoverTest, GoesOnWhenNoHeadComesInTime) {
  AddUpstream("first", first).timeouts.first_byte = milliseconds(50);
  AddUpstream("second", second);
  Start();
  first.Next(Hang());
  ExpectFailover("first_byte_timeout");
  EXPECT_TRUE(first.WaitForClientGone());
}

TEST_F(FailoverTest, StreamsHaveAFirstByteTimeoutOfTheirOwn) {
  AddUpstream("first", first).timeouts.first_byte_stream = milliseconds(50);
  AddUpstream("second", second);
  Start();
  first.Next(Hang());
  ExpectFailover("first_byte_timeout", R"({"model":"gpt-4o","stream":true})");
}

TEST_F(FailoverTest, AHeadThatTricklesInIsNotWaitedForLongerThanTheFirstByteTimeout) {
  AddUpstream("first", first).timeouts.first_byte = milliseconds(60);
  AddUpstream("second", second);
  Start();
  Gate gate;
  gate.Release(20);
  first.Next(Trickle(AnswerJson(200, "{}"), gate));
  ExpectFailover("first_byte_timeout");
}

TEST_F(FailoverTest, GoesOnAfterTheStatusesOfRetryOn) {
  settings::UpstreamSettings& upstream = AddUpstream("first", first);
  AddUpstream("second", second);
  Start();
  for (const int status : {401, 403, 429, 500, 502, 503, 504, 529}) {
    SCOPED_TRACE(status);
    // A refused credential rests; a new one does not.
    upstream.credentials[0].secret = SecretString("secret " + std::to_string(status));
    Apply();
    first.FailNext(1, status);
    ExpectFailover("refused");
  }
}

TEST_F(FailoverTest, AnErrorAnswerThatIsNotReadToItsEndCostsOnlyItsConnection) {
  StartWithTwo();
  Gate never;
  Reply endless = Raw("HTTP/1.1 500 Broken\r\nContent-Length: 100000\r\n\r\nsome");
  endless.steps.emplace_back(Reply::WaitAt{never});
  first.Next(endless);
  ExpectFailover("refused");
  EXPECT_TRUE(first.WaitForClientGone());
}

TEST_F(FailoverTest, ReturnsFaultsOfTheClientAtOnce) {
  StartWithTwo();
  for (const int status : {400, 404, 409, 413, 415, 422}) {
    SCOPED_TRACE(status);
    first.FailNext(1, status);
    const HttpAnswer answer = Chat();
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(ErrorField(answer.body, "message"), "made to fail");
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->status, status);
    EXPECT_EQ(record->reason, "upstream_rejected");
    EXPECT_EQ(record->fault, model::Fault::kClient);
    EXPECT_EQ(record->attempts.size(), 1U);
  }
  EXPECT_TRUE(second.requests().empty());
}

TEST_F(FailoverTest, TheLastAnswerReachesTheClientUnchanged) {
  StartWithTwo();
  first.FailNext(1, 500);
  second.Next(AnswerJson(429, R"({"error":{"message":"slow down"}})",
                         {{"Retry-After", "17"}, {"X-Ratelimit-Limit", "3"}}));
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.body, R"({"error":{"message":"slow down"}})");
  EXPECT_EQ(answer.Header("retry-after"), "17");
  EXPECT_EQ(answer.Header("x-ratelimit-limit"), "3");
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->status, 429);
  EXPECT_EQ(record->reason, "upstream_error");
  EXPECT_EQ(record->fault, model::Fault::kUpstream);
  ASSERT_EQ(record->attempts.size(), 2U);
  EXPECT_EQ(record->attempts[0].status, 500);
  EXPECT_EQ(record->attempts[1].status, 429);
}

TEST_F(FailoverTest, AnswersInOpenAiShapeWhenTheLastUpstreamHadNoAnswer) {
  StartWithTwo();
  struct Case {
    Reply reply;
    int status;
    const char* reason;
  };
  const std::vector<Case> cases = {
      {ResetBeforeHead(), 502, "upstream_reset"},
      {GarbageHead(), 502, "upstream_bad_response"},
  };
  for (const Case& expected : cases) {
    SCOPED_TRACE(expected.reason);
    first.FailNext(1, 500);
    second.Next(expected.reply);
    const HttpAnswer answer = Chat();
    EXPECT_EQ(answer.status, expected.status);
    EXPECT_EQ(ErrorField(answer.body, "code"), expected.reason);
    EXPECT_EQ(ErrorField(answer.body, "fault"), "upstream");
    EXPECT_EQ(ErrorField(answer.body, "type"), "upstream_error");
    EXPECT_NE(ErrorField(answer.body, "message"), "");
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->reason, expected.reason);
    EXPECT_EQ(record->fault, model::Fault::kUpstream);
    EXPECT_EQ(record->upstream, "second");
    EXPECT_EQ(ErrorField(answer.body, "request_id"), record->request_id);
  }
}

TEST_F(FailoverTest, RetryOnNeverLeavesEveryFailureWithTheFirstUpstream) {
  route().retry_on = settings::RetryOn{};
  StartWithTwo();
  first.Next(ResetBeforeHead());
  EXPECT_EQ(Chat().status, 502);
  first.FailNext(1, 500);
  EXPECT_EQ(Chat().status, 500);
  first.Stop();
  EXPECT_EQ(ErrorField(Chat().body, "code"), "upstream_connect_failed");
  EXPECT_TRUE(second.requests().empty());
}

TEST_F(FailoverTest, RetryOnAnyErrorTakesEveryStatusThatIsNotASuccess) {
  settings::RetryOn& retry_on = route().retry_on;
  for (size_t status = 300; status < 600; ++status) retry_on.status.set(status);
  StartWithTwo();
  for (const int status : {302, 400, 404, 422, 500}) {
    SCOPED_TRACE(status);
    first.FailNext(1, status);
    ExpectFailover("refused");
  }
}

TEST_F(FailoverTest, RetryOnASingleStatusTakesNothingElse) {
  route().retry_on = settings::RetryOn{};
  route().retry_on.status.set(418);
  StartWithTwo();
  first.Next(ResetBeforeHead());
  EXPECT_EQ(Chat().status, 502);
  ASSERT_TRUE(records.Wait());
  first.FailNext(1, 418);
  ExpectFailover("refused");
  first.FailNext(1, 500);
  EXPECT_EQ(Chat().status, 500);
}

TEST_F(FailoverTest, TriesTheSameUpstreamAgainAfterConnectionProblemsOnly) {
  AddUpstream("only", first).retries = 1;
  Start();
  first.Next(ResetBeforeHead());
  first.Next(AnswerJson(200, R"({"try":2})"));
  EXPECT_EQ(Chat().body, R"({"try":2})");
  auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 2U);
  EXPECT_EQ(record->attempts[0].outcome, "reset");
  EXPECT_EQ(record->attempts[1].upstream, "only");

  first.FailNext(1, 500);
  EXPECT_EQ(Chat().status, 500);
  record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->attempts.size(), 1U);
}

TEST_F(FailoverTest, RetriesOfOneUpstreamAreCounted) {
  AddUpstream("only", first).retries = 2;
  Start();
  first.Next(ResetBeforeHead(), 4);
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(first.requests().size(), 3U);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->attempts.size(), 3U);
}

TEST_F(FailoverTest, AKeptConnectionThatTheServerClosedIsReplacedUnseen) {
  AddUpstream("only", first).retries = 0;
  Start();
  first.Next(AnswerJson(200, "{}"));
  ASSERT_EQ(Chat().status, 200);
  ASSERT_TRUE(records.Wait());
  // The server takes the next request on the kept connection and drops it without a word.
  first.Next(CloseBeforeHead());
  first.Next(AnswerJson(200, R"({"on":"a fresh connection"})"));
  EXPECT_EQ(Chat().body, R"({"on":"a fresh connection"})");
  EXPECT_EQ(first.connections_accepted(), 2U);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  ASSERT_EQ(record->attempts.size(), 1U);
  EXPECT_EQ(record->attempts[0].outcome, "ok");
  EXPECT_FALSE(record->attempts[0].reused_connection);
}

TEST_F(FailoverTest, NothingIsTriedAgainAfterTheFirstByte) {
  StartWithTwo();
  first.Next(TruncateAfter(AnswerChunks(200, {"one", "two"}), 85));
  const HttpAnswer answer = Chat();
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.complete);
  EXPECT_TRUE(second.requests().empty());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->attempts.size(), 1U);
}

TEST_F(FailoverTest, SendsTheSameBodyAgainFromMemoryAndFromAFile) {
  StartWithTwo();
  for (const size_t bytes :
       {size_t{0}, size_t{1}, size_t{1} << 20, (size_t{1} << 20) + 1, size_t{5} << 20}) {
    SCOPED_TRACE(bytes);
    std::string body(bytes, '\0');
    for (size_t i = 0; i < bytes; ++i) body[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    first.FailNext(1, 503);
    const HttpAnswer answer =
        Request(address(), {.method = "POST",
                            .target = "/v1/files",
                            .headers = {{"Authorization", std::string("Bearer ") + kKey},
                                        {"Content-Length", std::to_string(bytes)}},
                            .body = body});
    EXPECT_EQ(answer.status, 200);
    const auto one = first.WaitForRequest();
    const auto two = second.WaitForRequest();
    ASSERT_TRUE(one && two);
    EXPECT_TRUE(one->body == body);
    EXPECT_TRUE(two->body == body);
    EXPECT_EQ(two->Header("content-length"), std::to_string(bytes));
  }
}

TEST_F(FailoverTest, AnUpstreamThatAnswersBeforeItReadTheBodyGetsNoOtherRequestOnThatConnection) {
  AddUpstream("first", first);
  AddUpstream("second", second);
  Start();
  // More than the sockets hold, so that most of it is still unsent when the refusal comes.
  const std::string body(24 << 20, 'x');
  Reply early = AnswerJson(503, "{}");
  early.before_body = true;
  first.Next(early);
  const auto upload = [&] {
    return Request(address(), {.method = "POST",
                               .target = "/v1/files",
                               .headers = {{"Authorization", std::string("Bearer ") + kKey}},
                               .body = body});
  };
  EXPECT_EQ(upload().body, R"({"from":"second"})");
  first.Always(AnswerJson(200, R"({"from":"first"})"));
  EXPECT_EQ(upload().body, R"({"from":"first"})");
  const std::vector<ReceivedRequest> requests = first.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_NE(requests[0].connection, requests[1].connection);
  EXPECT_TRUE(requests[1].body == body);
}

}  // namespace
}  // namespace llmgw::test

// What is recorded of a request, whatever became of it.
#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using model::Fault;
using model::LogPolicy;
using model::RequestRecord;
using std::chrono::microseconds;

constexpr size_t kMostBody = 1 << 20;

class RecordTest : public GatewayTest {
 protected:
  RequestRecord Next() {
    const auto record = records.Wait();
    EXPECT_TRUE(record);
    return record.value_or(RequestRecord{});
  }

  // Whom a request with these headers is recorded to come from.
  std::string ClientOf(const Headers& forwarded) {
    Headers headers = {{"Authorization", kKey}};
    headers.insert(headers.end(), forwarded.begin(), forwarded.end());
    const HttpAnswer answer = Request(
        address(), {.method = "GET", .target = "/v1/models", .headers = headers, .body = {}});
    EXPECT_EQ(answer.status, 200);
    return Next().client_address;
  }

  FakeUpstream fake;
};

TEST_F(RecordTest, TellsWhoAskedForWhatAndWhoServedIt) {
  AddUpstream("one", fake);
  fake.Next(AnswerJson(200, R"({"model":"gpt-4o-2024","usage":{"prompt_tokens":11,)"
                            R"("completion_tokens":7,"prompt_tokens_details":{"cached_tokens":5},)"
                            R"("completion_tokens_details":{"reasoning_tokens":3}}})"));
  Start();
  const std::string body = R"({"model":"gpt-4o","messages":[]})";
  const auto before = std::chrono::system_clock::now();
  const HttpAnswer answer =
      Request(address(), {.method = "POST",
                          .target = "/v1/chat/completions?secret=query",
                          .headers = {{"Authorization", kKey}, {"User-Agent", "sdk/1.2"}},
                          .body = body});
  const RequestRecord record = Next();
  EXPECT_EQ(record.request_id, answer.Header("x-llmgw-request-id"));
  EXPECT_GE(record.time, before);
  EXPECT_LE(record.time, std::chrono::system_clock::now());
  EXPECT_EQ(record.route, "default");
  EXPECT_EQ(record.upstream, "one");
  EXPECT_EQ(record.key_id, "key_test");
  EXPECT_EQ(record.client_address, "127.0.0.1");
  EXPECT_EQ(record.method, "POST");
  EXPECT_EQ(record.path, "/v1/chat/completions");
  EXPECT_EQ(record.model_asked, "gpt-4o");
  EXPECT_EQ(record.model_served, "gpt-4o-2024");
  EXPECT_FALSE(record.stream);
  EXPECT_EQ(record.status, 200);
  EXPECT_EQ(record.reason, "ok");
  EXPECT_EQ(record.fault, Fault::kNone);
  EXPECT_EQ(record.request_bytes, static_cast<int64_t>(body.size()));
  EXPECT_EQ(record.response_bytes, static_cast<int64_t>(answer.body.size()));
  EXPECT_EQ(record.user_agent, "sdk/1.2");
  EXPECT_EQ(record.response_content_type, "application/json");
  EXPECT_EQ(record.usage.input, 11);
  EXPECT_EQ(record.usage.output, 7);
  EXPECT_EQ(record.usage.cached_input, 5);
  EXPECT_EQ(record.usage.reasoning, 3);
  EXPECT_GT(record.first_byte, microseconds(0));
  EXPECT_LE(record.first_byte, record.total);
  EXPECT_GT(record.gateway, microseconds(0));
  EXPECT_LE(record.gateway, record.total);
  EXPECT_EQ(record.log_policy, LogPolicy::kMetadata);
  EXPECT_TRUE(record.request_body.empty());
  EXPECT_TRUE(record.response_body.empty());
  EXPECT_FALSE(record.bodies_truncated);

  ASSERT_EQ(record.attempts.size(), 1U);
  const model::AttemptRecord& attempt = record.attempts[0];
  EXPECT_EQ(attempt.number, 1U);
  EXPECT_EQ(attempt.upstream, "one");
  EXPECT_EQ(attempt.credential_id, "cred");
  EXPECT_EQ(attempt.status, 200);
  EXPECT_EQ(attempt.outcome, "ok");
  EXPECT_EQ(attempt.address, fake.address());
  EXPECT_FALSE(attempt.reused_connection);
  EXPECT_EQ(attempt.error, "");
  EXPECT_GT(attempt.first_byte, microseconds(0));
  EXPECT_LE(attempt.first_byte, attempt.total);
  EXPECT_LE(attempt.connect, attempt.first_byte);

  EXPECT_EQ(Chat().status, 200);
  EXPECT_TRUE(Next().attempts.at(0).reused_connection);
}

TEST_F(RecordTest, AForwardedAddressIsIgnoredFromAnybody) {
  options().trusted_proxies = *net::IpRanges::Parse({"10.0.0.0/8"});
  AddUpstream("one", fake);
  Start();
  EXPECT_EQ(ClientOf({{"X-Forwarded-For", "203.0.113.9"}}), "127.0.0.1");
}

TEST_F(RecordTest, AForwardedAddressIsBelievedFromATrustedProxy) {
  options().trusted_proxies = *net::IpRanges::Parse({"127.0.0.1", "10.0.0.0/8"});
  AddUpstream("one", fake);
  Start();
  EXPECT_EQ(ClientOf({}), "127.0.0.1");
  EXPECT_EQ(ClientOf({{"X-Forwarded-For", "203.0.113.9"}}), "203.0.113.9");
  // What stands before the last address that is not a proxy's, the client may have made up.
  EXPECT_EQ(ClientOf({{"X-Forwarded-For", "198.51.100.1, 203.0.113.9,10.1.2.3"}}), "203.0.113.9");
  EXPECT_EQ(
      ClientOf({{"X-Forwarded-For", "198.51.100.1"}, {"X-Forwarded-For", "[2001:db8::9]:80"}}),
      "2001:db8::9");
  EXPECT_EQ(ClientOf({{"X-Forwarded-For", "203.0.113.9:4711"}}), "203.0.113.9");
  EXPECT_EQ(ClientOf({{"X-Forwarded-For", "10.9.9.9"}}), "10.9.9.9");
  EXPECT_EQ(ClientOf({{"X-Forwarded-For", "203.0.113.9, made up"}}), "127.0.0.1");
}

TEST_F(RecordTest, TheFirstByteIsOneOfTheBodyNotOfTheHead) {
  AddUpstream("one", fake);
  Start();
  Gate gate;
  fake.Next(StreamSse({"1", "[DONE]"}, gate));
  Connection client = OpenStream();
  const std::string head = client.TakeThrough("\r\n\r\n");
  EXPECT_NE(head, "");
  const auto head_at = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(Chat().status, 200);
  const auto held = std::chrono::steady_clock::now() - head_at;
  gate.Open();
  client.buffer().insert(0, head);
  EXPECT_TRUE(ReadAnswer(client).complete);
  RequestRecord record = Next();
  for (int i = 0; i < 50 && !record.stream; ++i) record = Next();
  EXPECT_GE(record.first_byte, std::chrono::floor<microseconds>(held));
}

TEST_F(RecordTest, TellsEveryAttempt) {
  FakeUpstream second;
  FakeUpstream third;
  AddUpstream("one", fake);
  AddUpstream("two", second);
  AddUpstream("three", third);
  fake.FailNext(1, 429);
  second.Next(CloseBeforeHead());
  Start();
  EXPECT_EQ(Chat().status, 200);
  const RequestRecord record = Next();
  EXPECT_EQ(record.upstream, "three");
  EXPECT_EQ(record.reason, "ok");
  ASSERT_EQ(record.attempts.size(), 3U);
  EXPECT_EQ(record.attempts[0].upstream, "one");
  EXPECT_EQ(record.attempts[0].status, 429);
  EXPECT_EQ(record.attempts[0].outcome, "refused");
  EXPECT_EQ(record.attempts[1].upstream, "two");
  EXPECT_EQ(record.attempts[1].status, 0);
  EXPECT_EQ(record.attempts[1].outcome, "reset");
  EXPECT_NE(record.attempts[1].error, "");
  EXPECT_EQ(record.attempts[2].outcome, "ok");
  for (uint32_t i = 0; i < 3; ++i) EXPECT_EQ(record.attempts[i].number, i + 1);
}

TEST_F(RecordTest, TellsTheUsageOfAStream) {
  AddUpstream("one", fake);
  const std::vector<std::string> events = {
      R"({"model":"m-1","choices":[{"delta":{"content":"a"}}]})",
      R"({"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":9}})", "[DONE]"};
  fake.Next(StreamSse(events));
  Start();
  Connection client = OpenStream();
  const HttpAnswer answer = ReadAnswer(client);
  const RequestRecord record = Next();
  EXPECT_TRUE(record.stream);
  EXPECT_EQ(record.usage.input, 4);
  EXPECT_EQ(record.usage.output, 9);
  EXPECT_EQ(record.model_served, "m-1");
  EXPECT_EQ(record.response_bytes, static_cast<int64_t>(answer.body.size()));
  EXPECT_EQ(record.response_content_type, "text/event-stream");
}

TEST_F(RecordTest, BlamesWhoeverTheStatusBlames) {
  AddUpstream("one", fake);
  Start();
  struct Case {
    int status;
    const char* reason;
    Fault fault;
  };
  const Case cases[] = {{201, "ok", Fault::kNone},
                        {307, "ok", Fault::kNone},
                        {400, "upstream_rejected", Fault::kClient},
                        {404, "upstream_rejected", Fault::kClient},
                        {413, "upstream_rejected", Fault::kClient},
                        {422, "upstream_rejected", Fault::kClient},
                        {401, "upstream_error", Fault::kUpstream},
                        {403, "upstream_error", Fault::kUpstream},
                        {429, "upstream_error", Fault::kUpstream},
                        {500, "upstream_error", Fault::kUpstream},
                        {503, "upstream_error", Fault::kUpstream}};
  for (const Case& expected : cases) {
    fake.Next(AnswerJson(expected.status, R"({"error":{"message":"theirs"}})"));
    EXPECT_EQ(Chat().body, R"({"error":{"message":"theirs"}})");
    const RequestRecord record = Next();
    EXPECT_EQ(record.status, expected.status);
    EXPECT_EQ(record.reason, expected.reason) << expected.status;
    EXPECT_EQ(record.fault, expected.fault) << expected.status;
    EXPECT_EQ(record.upstream, "one");
  }
}

TEST_F(RecordTest, TellsOfAnErrorInsideAStream) {
  AddUpstream("one", fake);
  fake.Next(StreamSse({R"({"choices":[]})", R"({"error":{"message":"overloaded"}})"}));
  Start();
  Connection client = OpenStream();
  EXPECT_EQ(ReadAnswer(client).status, 200);
  const RequestRecord record = Next();
  EXPECT_EQ(record.status, 200);
  EXPECT_EQ(record.reason, "upstream_error_event");
  EXPECT_EQ(record.fault, Fault::kUpstream);
}

TEST_F(RecordTest, TellsOfAClientThatLeft) {
  AddUpstream("one", fake);
  Start();
  Gate gate;
  fake.Next(StreamSse({R"({"n":1})", R"({"n":2})"}, gate));
  {
    Connection client = OpenStream();
    gate.Release();
    EXPECT_NE(client.TakeThrough("{\"n\":1}\n\n"), "");
  }
  const RequestRecord streamed = Next();
  EXPECT_EQ(streamed.status, 200);
  EXPECT_EQ(streamed.reason, "client_gone");
  EXPECT_EQ(streamed.fault, Fault::kClient);
  EXPECT_EQ(streamed.attempts.at(0).outcome, "client_gone");
  EXPECT_GT(streamed.response_bytes, 0);
  EXPECT_TRUE(fake.WaitForClientGone());

  fake.Next(Hang());
  {
    Connection client = OpenStream();
    ASSERT_TRUE(fake.WaitForRequest());
    ASSERT_TRUE(fake.WaitForRequest());
  }
  const RequestRecord silent = Next();
  EXPECT_EQ(silent.status, 499);
  EXPECT_EQ(silent.reason, "client_gone");
  EXPECT_EQ(silent.response_bytes, 0);

  {
    Connection client = Connect();
    ASSERT_TRUE(
        client.Write("POST /v1/x HTTP/1.1\r\nHost: a\r\nAuthorization: test-key\r\n"
                     "Content-Length: 10\r\n\r\n12345"));
    ASSERT_TRUE(WaitFor([this] { return gateway().requests_in_flight() == 1; }));
  }
  const RequestRecord cut = Next();
  EXPECT_EQ(cut.reason, "client_gone");
  EXPECT_EQ(cut.request_bytes, 5);
  EXPECT_TRUE(cut.attempts.empty());
  EXPECT_TRUE(WaitFor([this] { return gateway().requests_in_flight() == 0; }));
}

TEST_F(RecordTest, TellsTheBytesOfItsOwnAnswers) {
  AddUpstream("one", fake);
  Start();
  const HttpAnswer refused = Get(address(), "/v1/models");
  EXPECT_EQ(Next().response_bytes, static_cast<int64_t>(refused.body.size()));
  EXPECT_EQ(
      Request(address(), {.method = "HEAD", .target = "/v1/x", .headers = {}, .body = {}}).status,
      401);
  EXPECT_EQ(Next().response_bytes, 0);
}

TEST_F(RecordTest, CountsThePayloadWithoutItsFraming) {
  AddUpstream("one", fake);
  fake.Next(AnswerChunks(200, {"abc", "defgh"}));
  Start();
  Connection client = Connect();
  ASSERT_TRUE(
      client.Write("POST /v1/x HTTP/1.1\r\nHost: a\r\nAuthorization: test-key\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n5;x=y\r\n12345\r\n2\r\n67\r\n0\r\n\r\n"));
  EXPECT_EQ(ReadAnswer(client).body, "abcdefgh");
  const RequestRecord record = Next();
  EXPECT_EQ(record.request_bytes, 7);
  EXPECT_EQ(record.response_bytes, 8);
}

TEST_F(RecordTest, BoundsWhatAClientCanMakeItKeep) {
  AddUpstream("one", fake);
  Start();
  EXPECT_EQ(Get(address(), "/v1/" + std::string(5000, 'p'),
                {{"Authorization", kKey}, {"User-Agent", std::string(5000, 'u')}})
                .status,
            200);
  const RequestRecord record = Next();
  EXPECT_EQ(record.path.size(), 1024U);
  EXPECT_EQ(record.user_agent.size(), 256U);
}

TEST_F(RecordTest, KeepsBodiesWhereTheRouteSaysSoAndTheKeyDoesNotSayOtherwise) {
  AddUpstream("one", fake);
  route().log_policy = LogPolicy::kBodies;
  AddRoute("quiet", "/quiet").log_policy = LogPolicy::kNone;
  AddKey("key_none", "none").log_policy = LogPolicy::kNone;
  AddKey("key_metadata", "metadata").log_policy = LogPolicy::kMetadata;
  AddKey("key_bodies", "bodies").log_policy = LogPolicy::kBodies;
  Start();
  fake.Always(AnswerChunks(200, {"an", "swer"}));
  const auto kept = [this](const std::string& target, const std::string& token) {
    EXPECT_EQ(PostJson(address(), target, R"({"question":1})", token).status, 200);
    const RequestRecord record = Next();
    EXPECT_EQ(record.request_body.empty(), record.response_body.empty());
    EXPECT_TRUE(record.log_policy == LogPolicy::kBodies || record.request_body.empty());
    return std::pair(record.log_policy, record.request_body + record.response_body);
  };
  const std::string bodies = R"({"question":1}answer)";
  EXPECT_EQ(kept("/v1/x", kKey), std::pair(LogPolicy::kBodies, bodies));
  EXPECT_EQ(kept("/v1/x", "none"), std::pair(LogPolicy::kNone, std::string()));
  EXPECT_EQ(kept("/v1/x", "metadata"), std::pair(LogPolicy::kMetadata, std::string()));
  EXPECT_EQ(kept("/quiet/x", kKey), std::pair(LogPolicy::kNone, std::string()));
  EXPECT_EQ(kept("/quiet/x", "bodies"), std::pair(LogPolicy::kBodies, bodies));
}

TEST_F(RecordTest, KeepsTheFirstMebibyteOfEachBody) {
  AddUpstream("one", fake);
  route().log_policy = LogPolicy::kBodies;
  Start();
  for (const size_t size : {kMostBody, kMostBody + 1, 3 * kMostBody}) {
    SCOPED_TRACE(size);
    const std::string question(size, 'q');
    const std::string reply(size, 'r');
    fake.Next(Answer(200, reply, {}, Framing::kChunked));
    fake.Next(Answer(200, "", {}));
    const HttpAnswer answer = PostJson(address(), "/v1/x", "", kKey);
    EXPECT_EQ(answer.body.size(), size);
    const RequestRecord answered = Next();
    EXPECT_TRUE(answered.response_body == reply.substr(0, kMostBody));
    EXPECT_EQ(answered.bodies_truncated, size > kMostBody);
    EXPECT_EQ(answered.response_bytes, static_cast<int64_t>(size));

    EXPECT_EQ(PostJson(address(), "/v1/x", question, kKey).status, 200);
    const RequestRecord asked = Next();
    EXPECT_TRUE(asked.request_body == question.substr(0, kMostBody));
    EXPECT_EQ(asked.bodies_truncated, size > kMostBody);
    EXPECT_EQ(asked.request_bytes, static_cast<int64_t>(size));
  }
}

TEST_F(RecordTest, ABodyThatWasStreamedThroughIsMarkedTruncated) {
  AddUpstream("one", fake);
  route().log_policy = LogPolicy::kBodies;
  options().body_limits.memory_bytes = 1000;
  options().body_limits.replay_bytes = 2000;
  Start();
  const std::string question(500'000, 'q');
  EXPECT_EQ(PostJson(address(), "/v1/x", question, kKey).status, 200);
  const RequestRecord record = Next();
  EXPECT_TRUE(record.bodies_truncated);
  EXPECT_FALSE(record.request_body.empty());
  EXPECT_EQ(record.request_bytes, 500'000);
}

TEST_F(RecordTest, MockAnswersAreRecordedLikeOthers) {
  AddMock("mock");
  Start();
  const HttpAnswer answer = Chat();
  const RequestRecord record = Next();
  EXPECT_EQ(record.status, 200);
  EXPECT_EQ(record.upstream, "mock");
  EXPECT_EQ(record.usage.output, 3);
  EXPECT_EQ(record.response_bytes, static_cast<int64_t>(answer.body.size()));
  ASSERT_EQ(record.attempts.size(), 1U);
  EXPECT_EQ(record.attempts[0].status, 200);
  EXPECT_EQ(record.attempts[0].outcome, "ok");
}

TEST_F(RecordTest, HealthChecksAreNotRequests) {
  Start();
  EXPECT_EQ(Get(address(), "/healthz").status, 200);
  EXPECT_EQ(Get(address(), "/nowhere").status, 404);
  EXPECT_EQ(Next().path, "/nowhere");
}

}  // namespace
}  // namespace llmgw::test

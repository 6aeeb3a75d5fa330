// At each of its limits the gateway answers new requests with a quick 503, and what runs goes on.
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

constexpr size_t kKiB = 1 << 10;
constexpr size_t kMiB = 1 << 20;

// As a full disk does, fails every write beyond so many bytes of a file.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit low{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &low);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

class OverloadTest : public GatewayTest {
 protected:
  void StartOne() {
    AddUpstream("only", fake);
    Start();
  }

  // A stream that has begun and goes on with each release of `gate`.
  Connection BeginStream(const Gate& gate) {
    fake.Next(StreamSse({"1", "2", "3"}, gate));
    Connection stream = OpenStream();
    EXPECT_TRUE(fake.WaitForRequest());
    return stream;
  }
  static void ExpectWhole(Connection& stream) {
    const HttpAnswer answer = ReadAnswer(stream);
    EXPECT_TRUE(answer.complete);
    EXPECT_EQ(answer.body, "data: 1\n\ndata: 2\n\ndata: 3\n\n");
  }
  static void ExpectRefusal(const HttpAnswer& answer, const std::string& reason = "overloaded") {
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(ErrorField(answer.body, "code"), reason) << answer.body;
    EXPECT_EQ(ErrorField(answer.body, "type"), "server_error");
    EXPECT_EQ(answer.Header("x-llmgw-reason"), reason);
    EXPECT_EQ(answer.Header("x-llmgw-fault"), "gateway");
    EXPECT_EQ(answer.Header("retry-after"), "1");
  }

  static HttpRequest Models() {
    return {
        .method = "GET", .target = "/v1/models", .headers = {{"Authorization", kKey}}, .body = {}};
  }
  static HttpRequest Health() {
    return {.method = "GET", .target = "/healthz", .headers = {}, .body = {}};
  }
  static std::string UploadHead(const std::string& framing) {
    return "POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: " + std::string(kKey) +
           "\r\nContent-Type: application/octet-stream\r\n" + framing + "\r\n\r\n";
  }
  Connection BeginUpload(size_t bytes) {
    Connection client = Connect();
    EXPECT_TRUE(client.Write(UploadHead("Content-Length: " + std::to_string(bytes))));
    return client;
  }

  uint64_t Refused(model::Limit limit) const {
    return gateway().load().refused[static_cast<size_t>(limit)];
  }

  FakeUpstream fake;
};

TEST_F(OverloadTest, OverTheInFlightLimitARequestIsRefusedAndARunningStreamGoesOn) {
  options().max_in_flight = 1;
  StartOne();
  Gate gate;
  Connection stream = BeginStream(gate);
  Connection client = Connect();
  for (int i = 0; i < 3; ++i) {
    const HttpAnswer refusal = Exchange(client, Models());
    ExpectRefusal(refusal);
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->status, 503);
    EXPECT_EQ(record->reason, "overloaded");
    EXPECT_EQ(record->fault, model::Fault::kGateway);
    EXPECT_EQ(refusal.Header("x-request-id"), record->request_id);
  }
  EXPECT_EQ(Exchange(client, Health()).status, 200) << "a health check is no request to serve";
  gate.Open();
  ExpectWhole(stream);
  EXPECT_EQ(Exchange(client, Models()).status, 200) << "on the same connection";
  EXPECT_EQ(Refused(model::Limit::kInFlight), 3u);
  EXPECT_EQ(gateway().load().in_flight.limit, 1u);
  EXPECT_TRUE(WaitFor([&] { return gateway().load().in_flight.now == 0; }));
}

TEST_F(OverloadTest, ARefusalComesBeforeTheKeyAndTheBodyAreLookedAt) {
  options().max_in_flight = 1;
  StartOne();
  Gate gate;
  Connection stream = BeginStream(gate);
  HttpRequest stranger = Models();
  stranger.headers = {{"Authorization", "Bearer nobody"}};
  Connection unknown = Connect();
  ExpectRefusal(Exchange(unknown, stranger));
  // Not a byte of the body is there.
  Connection upload = BeginUpload(10 * kMiB);
  const HttpAnswer refusal = ReadAnswer(upload);
  ExpectRefusal(refusal);
  EXPECT_EQ(refusal.Header("connection"), "close") << "the body would be taken for a request";
  gate.Open();
  ExpectWhole(stream);
}

TEST_F(OverloadTest, AShortBodyThatComesAfterTheRefusalIsDropped) {
  options().max_in_flight = 1;
  StartOne();
  Gate gate;
  Connection stream = BeginStream(gate);
  Connection client = BeginUpload(10);
  const HttpAnswer refusal = ReadAnswer(client);
  ExpectRefusal(refusal);
  EXPECT_EQ(refusal.Header("connection"), "");
  gate.Open();
  ExpectWhole(stream);
  ASSERT_TRUE(client.Write("GET / HTTP" + Print(Models())));
  EXPECT_EQ(ReadAnswer(client).status, 200);
  const auto second = fake.WaitForRequest();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->target, "/v1/models");
}

TEST_F(OverloadTest, OverTheConnectionLimitAConnectionIsAnsweredAndClosed) {
  options().max_connections = 2;
  StartOne();
  Gate gate;
  Connection stream = BeginStream(gate);
  Connection idle = Connect();
  EXPECT_EQ(Exchange(idle, Health()).status, 200);
  // More of them than are waited for at once.
  std::vector<Connection> refused;
  for (int i = 0; i < 100; ++i) refused.push_back(Connect());
  ASSERT_TRUE(WaitFor([&] { return Refused(model::Limit::kConnections) == refused.size(); }));
  for (size_t i = 0; i < refused.size(); ++i) {
    if (i % 2 == 0) (void)refused[i].Write(Print(Models()));
    const HttpAnswer answer = ReadAnswer(refused[i]);
    ExpectRefusal(answer);
    EXPECT_EQ(answer.Header("connection"), "close");
    EXPECT_TRUE(refused[i].WaitForClose());
  }
  EXPECT_EQ(gateway().load().connections.now, 2u);
  EXPECT_EQ(gateway().load().connections.limit, 2u);
  EXPECT_EQ(Exchange(idle, Models()).status, 200) << "who is in stays in";
  idle.Close();
  ASSERT_TRUE(WaitFor([&] { return gateway().load().connections.now == 1; }));
  Connection next = Connect();
  EXPECT_EQ(Exchange(next, Models()).status, 200);
  gate.Open();
  ExpectWhole(stream);
}

TEST_F(OverloadTest, StoppingDoesNotWaitForConnectionsThatAreBeingRefused) {
  options().max_connections = 1;
  StartOne();
  Connection held = Connect();
  EXPECT_EQ(Exchange(held, Health()).status, 200);
  Connection silent = Connect();
  ASSERT_TRUE(WaitFor([&] { return Refused(model::Limit::kConnections) == 1; }));
  gateway().Stop();
  EXPECT_TRUE(silent.WaitForClose());
}

TEST_F(OverloadTest, OverTheBudgetOfBodiesARequestWithOneIsRefusedAtOnce) {
  options().body_memory_bytes = 64 * kKiB;
  options().body_limits.memory_bytes = 16 * kKiB;
  options().max_spooled_bytes = kMiB;
  StartOne();
  const std::string body(900 * kKiB, 'x');
  Connection first = BeginUpload(body.size());
  ASSERT_TRUE(first.Write(std::string_view(body).substr(1)));
  ASSERT_TRUE(WaitFor([&] { return gateway().load().files.now == body.size() - 1; }));

  Connection second = BeginUpload(500 * kKiB);
  ExpectRefusal(ReadAnswer(second), "body_budget");
  // One that does not say how long it will be learns it on the way.
  Connection chunked = Connect();
  ASSERT_TRUE(chunked.Write(UploadHead("Transfer-Encoding: chunked")));
  const std::string chunk = Chunk(std::string(50 * kKiB, 'y'));
  for (int i = 0; i < 20; ++i)
    if (!chunked.Write(chunk)) break;
  ExpectRefusal(ReadAnswer(chunked), "body_budget");
  EXPECT_EQ(Refused(model::Limit::kBufferedBytes), 2u);
  Connection client = Connect();
  EXPECT_EQ(Exchange(client, Models()).status, 200) << "without a body there is always room";

  ASSERT_TRUE(first.Write("x"));
  EXPECT_EQ(ReadAnswer(first).status, 200);
  EXPECT_TRUE(WaitFor([&] { return gateway().load().files.now == 0; }));
  Connection again = BeginUpload(500 * kKiB);
  ASSERT_TRUE(again.Write(std::string_view(body).substr(0, 500 * kKiB)));
  EXPECT_EQ(ReadAnswer(again).status, 200);
  EXPECT_EQ(gateway().load().files.limit, kMiB);
}

TEST_F(OverloadTest, ADiskThatIsFullIsTheGatewaysFaultAndNothingMore) {
  StartOne();
  const std::string body(2 * kMiB, 'x');
  {
    const FileSizeLimit full(64 * kKiB);
    Connection client = BeginUpload(body.size());
    (void)client.Write(body);
    const HttpAnswer answer = ReadAnswer(client);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(ErrorField(answer.body, "code"), "temporary_file");
  }
  EXPECT_TRUE(WaitFor([&] { return gateway().load().files.now == 0; }));
  Connection client = BeginUpload(body.size());
  ASSERT_TRUE(client.Write(body));
  EXPECT_EQ(ReadAnswer(client).status, 200);
}

TEST_F(OverloadTest, WhatASlowClientDoesNotTakeIsCounted) {
  StartOne();
  fake.Next(Answer(200, std::string(64 * kMiB, 'x')));
  Connection client = OpenStream();
  ASSERT_TRUE(WaitFor([&] { return gateway().load().memory.now > 0; }));
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.size(), 64 * kMiB);
  EXPECT_TRUE(WaitFor([&] { return gateway().load().memory.now == 0; }));
}

TEST_F(OverloadTest, ClientsThatTakeNothingHoldLittleWhenMemoryIsShortAndAreCutOff) {
  constexpr size_t kClients = 12;
  options().body_memory_bytes = 128 * kKiB;
  options().write_timeout = milliseconds(1500);
  StartOne();
  fake.Always(Answer(200, std::string(16 * kMiB, 'x')));
  std::vector<Connection> clients;
  for (size_t i = 0; i < kClients; ++i) clients.push_back(OpenStream());
  uint64_t most = 0;
  for (size_t cut = 0; cut < kClients;) {
    if (records.Wait(milliseconds(5))) ++cut;
    most = std::max(most, gateway().load().memory.now);
  }
  EXPECT_GT(most, 0u);
  EXPECT_LT(most, (128 + 128 + kClients * 8) * kKiB) << "a read more than the limit, then little";
  EXPECT_TRUE(WaitFor([&] { return gateway().load().memory.now == 0; }));
  const accept::GatewayLoad load = gateway().load();
  EXPECT_EQ(load.timed_out[static_cast<size_t>(model::ClientTimeout::kWrite)], kClients);
}

TEST_F(OverloadTest, BodiesForTheRecordAreCutWhenMemoryIsShortAndStreamsAreNot) {
  options().body_memory_bytes = 256 * kKiB;
  AddKey("key_bodies", "logged").log_policy = model::LogPolicy::kBodies;
  StartOne();
  // In turns, so that memory is not short for want of a fast reader.
  const std::string event = "data: " + std::string(16 * kKiB, 'x') + "\n\n";
  Gate gate;
  Reply reply = Raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: " +
                    std::to_string(64 * event.size()) + "\r\n\r\n");
  for (int i = 0; i < 64; ++i) {
    reply.steps.emplace_back(Reply::WaitAt{gate});
    reply.steps.emplace_back(Reply::Send{event});
  }
  fake.Next(reply);
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print({.method = "POST",
                                  .target = "/v1/chat/completions",
                                  .headers = {{"Authorization", "Bearer logged"}},
                                  .body = R"({"model":"gpt-4o","stream":true})"})));
  EXPECT_EQ(ReadHead(client).start_line, "HTTP/1.1 200 OK");
  for (int i = 0; i < 64; ++i) {
    gate.Release();
    ASSERT_EQ(client.Take(event.size()).size(), event.size());
  }
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "ok");
  EXPECT_TRUE(record->bodies_truncated);
  EXPECT_EQ(record->request_body, R"({"model":"gpt-4o","stream":true})");
  EXPECT_GT(record->response_body.size(), 100 * kKiB);
  EXPECT_LT(record->response_body.size(), 256 * kKiB);
  EXPECT_TRUE(WaitFor([&] { return gateway().load().memory.now == 0; }));
}

TEST_F(OverloadTest, HeadsAndBodiesThatAreTooLargeAreCounted) {
  options().head_limits.max_head_bytes = kKiB;
  options().head_limits.max_target_bytes = 512;
  options().body_limits.max_bytes = options().body_limits.replay_bytes = 100;
  StartOne();
  HttpRequest wide = Models();
  wide.headers.emplace_back("X-Wide", std::string(2 * kKiB, 'x'));
  HttpRequest far = Models();
  far.target += std::string(600, 'x');
  Connection first = Connect();
  EXPECT_EQ(Exchange(first, wide).status, 431);
  Connection second = Connect();
  EXPECT_EQ(Exchange(second, far).status, 414);
  Connection third = BeginUpload(101);
  EXPECT_EQ(ReadAnswer(third).status, 413);
  EXPECT_EQ(Refused(model::Limit::kHeadSize), 2u);
  EXPECT_EQ(Refused(model::Limit::kBodySize), 1u);
}

}  // namespace
}  // namespace llmgw::test

// Request bodies of every size, and what goes wrong while they are sent.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMiB = 1 << 20;

// Sanitizers keep freed memory for a while, so resident memory says nothing there.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

size_t ResidentBytes() {
  size_t total = 0;
  size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

std::string Pattern(size_t bytes) {
  std::string body(bytes, '\0');
  for (size_t i = 0; i < bytes; ++i) body[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return body;
}

// How many uploads at once; the environment makes it more for a run by hand.
size_t ConcurrentUploads() {
  const char* count = std::getenv("LLMGW_TEST_UPLOADS");
  if (count != nullptr) return std::strtoul(count, nullptr, 10);
  return kSanitized ? 16 : 100;
}

class UploadTest : public GatewayTest {
 protected:
  void StartOne() {
    AddUpstream("only", fake);
    Start();
  }

  // Bodies above 64 KiB are streamed through, above 1 MiB refused.
  void StartSmall() {
    options().body_limits.memory_bytes = 16 << 10;
    options().body_limits.replay_bytes = 64 << 10;
    options().body_limits.max_bytes = kMiB;
    StartOne();
  }

  Connection Begin(const Headers& framing) {
    Connection client = Connect();
    Headers headers = {{"Authorization", std::string("Bearer ") + kKey},
                       {"Content-Type", "application/octet-stream"}};
    headers.insert(headers.end(), framing.begin(), framing.end());
    EXPECT_TRUE(client.Write(
        Print({.method = "POST", .target = "/v1/files", .headers = headers, .body = {}})));
    return client;
  }
  Connection BeginLength(size_t bytes) {
    return Begin({{"Content-Length", std::to_string(bytes)}});
  }
  Connection BeginChunked() { return Begin({{"Transfer-Encoding", "chunked"}}); }

  void ExpectFailure(Connection& client, int status, const std::string& reason) {
    const HttpAnswer answer = ReadAnswer(client);
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(ErrorField(answer.body, "code"), reason) << answer.body;
    EXPECT_EQ(answer.Header("connection"), "close") << "the rest of the body must not be a request";
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->status, status);
    EXPECT_EQ(record->reason, reason);
  }

  FakeUpstream fake;
};

TEST_F(UploadTest, BodiesOfAllSizesArriveAsTheyWereSent) {
  StartOne();
  for (const size_t bytes : {size_t{0}, size_t{1}, kMiB - 1, kMiB, kMiB + 1, 10 * kMiB}) {
    SCOPED_TRACE(bytes);
    const std::string body = Pattern(bytes);
    Connection client = BeginLength(bytes);
    ASSERT_TRUE(client.Write(body));
    EXPECT_EQ(ReadAnswer(client).status, 200);
    auto request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->body == body);
    EXPECT_EQ(request->Header("content-length"), std::to_string(bytes));
    auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->request_bytes, static_cast<int64_t>(bytes));

    Connection chunked = BeginChunked();
    for (size_t at = 0; at < bytes; at += 100'000) {
      ASSERT_TRUE(chunked.Write(Chunk(body.substr(at, 100'000))));
    }
    ASSERT_TRUE(chunked.Write("0\r\n\r\n"));
    EXPECT_EQ(ReadAnswer(chunked).status, 200);
    request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->body == body);
    record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->request_bytes, static_cast<int64_t>(bytes));
  }
}

TEST_F(UploadTest, BodiesTooLargeToKeepAreStreamedThrough) {
  StartSmall();
  for (const size_t bytes :
       {size_t{64 << 10} - 1, size_t{64 << 10}, size_t{64 << 10} + 1, size_t{300'000}, kMiB}) {
    SCOPED_TRACE(bytes);
    const std::string body = Pattern(bytes);
    Connection client = BeginLength(bytes);
    ASSERT_TRUE(client.Write(body));
    EXPECT_EQ(ReadAnswer(client).status, 200);
    auto request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->body == body);

    Connection chunked = BeginChunked();
    for (size_t at = 0; at < bytes; at += 7'777) {
      ASSERT_TRUE(chunked.Write(Chunk(body.substr(at, 7'777))));
    }
    ASSERT_TRUE(chunked.Write("0\r\n\r\n"));
    EXPECT_EQ(ReadAnswer(chunked).status, 200);
    request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->body == body);
  }
}

TEST_F(UploadTest, AnUploadBeginsAtItsUpstreamBeforeItHasEnded) {
  StartSmall();
  Reply early = AnswerJson(200, "{}");
  early.before_body = true;
  fake.Next(early);
  Connection client = BeginLength(500'000);
  ASSERT_TRUE(client.Write(Pattern(200'000)));
  EXPECT_TRUE(fake.WaitForRequest()) << "its head came before the client had sent everything";
  EXPECT_EQ(ReadAnswer(client).status, 200);
}

TEST_F(UploadTest, AnInterimAnswerDoesNotEndTheUpload) {
  StartSmall();
  for (const std::string& interim :
       {std::string("HTTP/1.1 100 Continue\r\n\r\n"),
        std::string(
            "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")}) {
    // Held in memory, in a file, streamed through by length and in chunks.
    for (const size_t bytes : {size_t{10'000}, size_t{50'000}, size_t{900'000}}) {
      SCOPED_TRACE(interim + std::to_string(bytes));
      Reply reply = AnswerJson(200, "{}");
      reply.before_reading = {Reply::Send{interim}};
      const std::string body = Pattern(bytes);
      fake.Next(reply);
      Connection client = BeginLength(bytes);
      ASSERT_TRUE(client.Write(body));
      EXPECT_EQ(ReadAnswer(client).status, 200);
      auto request = fake.WaitForRequest();
      ASSERT_TRUE(request);
      EXPECT_TRUE(request->body == body);

      fake.Next(reply);
      Connection chunked = BeginChunked();
      ASSERT_TRUE(chunked.Write(Chunk(body) + "0\r\n\r\n"));
      EXPECT_EQ(ReadAnswer(chunked).status, 200);
      request = fake.WaitForRequest();
      ASSERT_TRUE(request);
      EXPECT_TRUE(request->body == body);
    }
  }
}

TEST_F(UploadTest, AnInterimAnswerInPiecesDoesNotEndTheUpload) {
  StartSmall();
  Gate gate;
  Reply reply = AnswerJson(200, "{}");
  reply.before_reading = {Reply::Send{"HTTP/1.1 1"}, Reply::WaitAt{gate},
                          Reply::Send{"00 Continue\r\n"}, Reply::WaitAt{gate}, Reply::Send{"\r\n"}};
  fake.Next(reply);
  const std::string body = Pattern(900'000);
  Connection client = BeginLength(body.size());
  ASSERT_TRUE(client.Write(body.substr(0, 300'000)));
  gate.Release();
  ASSERT_TRUE(client.Write(body.substr(300'000, 300'000)));
  gate.Release();
  ASSERT_TRUE(client.Write(body.substr(600'000)));
  EXPECT_EQ(ReadAnswer(client).status, 200);
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->body == body);
}

TEST_F(UploadTest, TheNextRequestOnTheConnectionOfAnUploadIsServed) {
  StartSmall();
  const std::string body = Pattern(200'000);
  const std::string next = Print(
      {.method = "GET", .target = "/v1/next", .headers = {{"Authorization", kKey}}, .body = {}});
  Connection client = BeginLength(body.size());
  ASSERT_TRUE(client.Write(body + next));
  EXPECT_EQ(ReadAnswer(client).status, 200);
  EXPECT_EQ(ReadAnswer(client).status, 200);
  Connection chunked = BeginChunked();
  ASSERT_TRUE(chunked.Write(Chunk(body) + "0\r\n\r\n" + next));
  EXPECT_EQ(ReadAnswer(chunked).status, 200);
  EXPECT_EQ(ReadAnswer(chunked).status, 200);
  const std::vector<ReceivedRequest> requests = fake.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_TRUE(requests[2].body == body);
  EXPECT_EQ(requests[3].target, "/v1/next");
}

TEST_F(UploadTest, AFileOf512MiBStreamsThroughInLittleMemory) {
  FakeUpstream counting({.tls = {}, .port = 0, .keep_body_bytes = 0});
  AddUpstream("only", counting);
  Start();
  const size_t bytes = (kSanitized ? 96 : 512) * kMiB;
  const std::string piece = Pattern(kMiB);
  Connection client = BeginLength(bytes);
  ASSERT_TRUE(client.Write(piece));
  const size_t before = ResidentBytes();
  size_t most = before;
  for (size_t sent = piece.size(); sent < bytes; sent += piece.size()) {
    ASSERT_TRUE(client.Write(piece));
    most = std::max(most, ResidentBytes());
  }
  EXPECT_EQ(ReadAnswer(client).status, 200);
  const auto request = counting.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->complete);
  EXPECT_EQ(request->Header("content-length"), std::to_string(bytes));
  if (!kSanitized) {
    EXPECT_LT(most - before, 24 * kMiB);
  }
  RecordProperty("resident_growth_kib", static_cast<int>((most - before) >> 10));
}

TEST_F(UploadTest, ManyUploadsAtOnceStayInBoundedMemory) {
  FakeUpstream counting({.tls = {}, .port = 0, .keep_body_bytes = 0});
  AddUpstream("only", counting);
  options().body_limits.pace.idle_timeout = std::chrono::minutes(10);
  Start();
  const size_t count = ConcurrentUploads();
  const size_t bytes = 10 * kMiB;
  const std::string piece = Pattern(kMiB);
  const size_t before = ResidentBytes();
  size_t most = before;
  std::vector<Connection> clients;
  clients.reserve(count);
  for (size_t i = 0; i < count; ++i) clients.push_back(BeginLength(bytes));
  // All of them but a last byte, so that the gateway holds them all at the same time.
  for (size_t sent = 0; sent < bytes; sent += piece.size()) {
    const bool last = sent + piece.size() >= bytes;
    for (Connection& client : clients) {
      ASSERT_TRUE(client.Write(std::string_view(piece).substr(last ? 1 : 0), 10 * kPatience));
    }
    most = std::max(most, ResidentBytes());
  }
  EXPECT_EQ(gateway().requests_in_flight(), count);
  most = std::max(most, ResidentBytes());
  for (Connection& client : clients) {
    ASSERT_TRUE(client.Write("x"));
    EXPECT_EQ(ReadAnswer(client).status, 200);
    most = std::max(most, ResidentBytes());
  }
  if (!kSanitized) {
    EXPECT_LT(most - before, 64 * kMiB);
  }
  RecordProperty("resident_growth_kib", static_cast<int>((most - before) >> 10));
}

TEST_F(UploadTest, BodiesOverTheCommonBudgetGoToFilesHoweverSmall) {
  options().body_memory_bytes = 8 * kMiB;
  StartOne();
  const size_t bytes = 512 << 10;
  const std::string body = Pattern(bytes - 1);
  const size_t before = ResidentBytes();
  std::vector<Connection> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(BeginLength(bytes));
    ASSERT_TRUE(clients.back().Write(body));
  }
  ASSERT_TRUE(WaitFor([&] { return gateway().requests_in_flight() == clients.size(); }));
  if (!kSanitized) {
    EXPECT_LT(ResidentBytes() - before, 32 * kMiB);
  }
  for (Connection& client : clients) {
    ASSERT_TRUE(client.Write("x"));
    EXPECT_EQ(ReadAnswer(client).status, 200);
    const auto request = fake.WaitForRequest();
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->body == body + "x");
  }
}

TEST_F(UploadTest, ARefusalByTheUpstreamDuringAnUploadIsRelayedAtOnce) {
  StartOne();
  // The upstream answers and reads nothing more: whoever waits for room to write waits for ever.
  for (const int status : {413, 401}) {
    for (const size_t bytes : {10 * kMiB, 200 * kMiB}) {
      SCOPED_TRACE(bytes);
      Reply refusal = AnswerJson(status, R"({"error":{"message":"no"}})");
      refusal.before_body = true;
      refusal.steps.emplace_back(Reply::Hang{});
      fake.Next(refusal);
      Connection client = BeginLength(bytes);
      const std::string piece = Pattern(kMiB);
      std::thread writer([&] {
        for (size_t sent = 0; sent < bytes; sent += piece.size())
          if (!client.Write(piece)) return;
      });
      const auto record = records.Wait();
      ASSERT_TRUE(record);
      EXPECT_EQ(record->status, status);
      EXPECT_EQ(record->reason, status == 413 ? "upstream_rejected" : "upstream_error");
      writer.join();
      const HttpAnswer answer = ReadAnswer(client);
      EXPECT_EQ(answer.status, status);
      EXPECT_EQ(ErrorField(answer.body, "message"), "no");
      EXPECT_TRUE(fake.WaitForClientGone());
    }
  }
}

TEST_F(UploadTest, AClientThatLeavesIsSeenByTheUpstream) {
  StartSmall();
  Connection client = BeginLength(500'000);
  ASSERT_TRUE(client.Write(Pattern(200'000)));
  ASSERT_TRUE(fake.WaitForConnections(1));
  client.Close();
  // Whether or not the head had come by then, the connection does not outlive its client.
  EXPECT_TRUE(fake.WaitForConnections(0));
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->status, 499);
  EXPECT_EQ(record->reason, "client_gone");
}

TEST_F(UploadTest, AClientThatLeavesWhileItsBodyIsKeptNeverReachesAnUpstream) {
  StartOne();
  Connection client = BeginLength(5 * kMiB);
  ASSERT_TRUE(client.Write(Pattern(2 * kMiB)));
  client.Close();
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "client_gone");
  EXPECT_EQ(fake.connections_accepted(), 0U);
}

TEST_F(UploadTest, AClientThatStallsIsToldSo) {
  options().body_limits.pace.idle_timeout = milliseconds(60);
  StartSmall();
  Connection kept = BeginLength(1000);
  ASSERT_TRUE(kept.Write("begun"));
  ExpectFailure(kept, 408, "body_timeout");
  Connection streamed = BeginLength(500'000);
  ASSERT_TRUE(streamed.Write(Pattern(200'000)));
  ExpectFailure(streamed, 408, "body_timeout");
  EXPECT_TRUE(fake.WaitForClientGone());
}

TEST_F(UploadTest, AnUpstreamThatStopsReadingIsNotWaitedForLongerThanItsIdleTimeout) {
  AddUpstream("only", fake).timeouts.idle = milliseconds(200);
  Start();
  for (const size_t bytes : {24 * kMiB, 80 * kMiB}) {  // kept; streamed through
    SCOPED_TRACE(bytes);
    Reply deaf = AnswerJson(200, "{}");
    deaf.before_reading.emplace_back(Reply::Hang{});
    fake.Next(deaf);
    Connection client = BeginLength(bytes);
    const std::string piece = Pattern(kMiB);
    std::thread writer([&] {
      for (size_t sent = 0; sent < bytes; sent += piece.size())
        if (!client.Write(piece)) return;
    });
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->status, 504);
    EXPECT_EQ(record->reason, "upstream_timeout");
    writer.join();
    EXPECT_EQ(ReadAnswer(client).status, 504);
    EXPECT_TRUE(fake.WaitForClientGone());
  }
}

TEST_F(UploadTest, ABodyOverTheLimitIsRefused) {
  StartSmall();
  Connection announced = BeginLength(kMiB + 1);
  ExpectFailure(announced, 413, "body_too_large");
  EXPECT_EQ(fake.connections_accepted(), 0U);

  Connection chunked = BeginChunked();
  const std::string chunk = Chunk(Pattern(50'000));
  for (size_t sent = 0; sent < kMiB + 100'000; sent += 50'000)
    if (!chunked.Write(chunk)) break;
  ExpectFailure(chunked, 413, "body_too_large");
  EXPECT_TRUE(fake.WaitForClientGone()) << "what the upstream got must not look whole";
}

TEST_F(UploadTest, BrokenChunkFramingInAStreamedBodyIsTheClientsFault) {
  StartSmall();
  Connection chunked = BeginChunked();
  ASSERT_TRUE(chunked.Write(Chunk(Pattern(200'000))));
  ASSERT_TRUE(fake.WaitForConnections(1));
  ASSERT_TRUE(chunked.Write("nonsense\r\n"));
  const HttpAnswer answer = ReadAnswer(chunked);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(ErrorField(answer.body, "fault"), "client");
  EXPECT_TRUE(fake.WaitForClientGone());
}

TEST_F(UploadTest, AFolderThatCanNotBeWrittenIsTheGatewaysFault) {
  options().body_limits.temp_dir += "/missing";
  StartOne();
  Connection small = BeginLength(1000);
  ASSERT_TRUE(small.Write(Pattern(1000)));
  EXPECT_EQ(ReadAnswer(small).status, 200);
  ASSERT_TRUE(records.Wait());
  Connection large = BeginLength(2 * kMiB);
  (void)large.Write(Pattern(2 * kMiB));
  ExpectFailure(large, 503, "temporary_file");
}

}  // namespace
}  // namespace llmgw::test

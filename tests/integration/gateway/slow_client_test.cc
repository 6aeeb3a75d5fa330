// Clients that are slow with what they owe: cut off where it is too slow, let be where it is fair.
#include <string>
#include <thread>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kMiB = 1 << 20;

class SlowClientTest : public GatewayTest {
 protected:
  net::http1::PaceLimits& pace() { return options().body_limits.pace; }
  void StartOne() {
    AddUpstream("only", fake);
    Start();
  }

  Connection BeginUpload(size_t bytes) {
    Connection client = Connect();
    EXPECT_TRUE(client.Write(Print({.method = "POST",
                                    .target = "/v1/files",
                                    .headers = {{"Authorization", kKey},
                                                {"Content-Type", "application/octet-stream"},
                                                {"Content-Length", std::to_string(bytes)}},
                                    .body = {}})));
    return client;
  }
  // Sends a piece every few milliseconds until an answer comes or `pieces` are sent.
  static void Trickle(Connection& client, const std::string& piece, size_t pieces) {
    for (size_t i = 0; i < pieces; ++i) {
      if (!client.Write(piece)) return;
      if (client.ReadMore(milliseconds(10)) != Connection::Event::kTimeout) return;
    }
  }
  void ExpectCut(Connection& client) {
    const HttpAnswer answer = ReadAnswer(client);
    EXPECT_EQ(answer.status, 408);
    EXPECT_EQ(ErrorField(answer.body, "code"), "body_timeout");
    EXPECT_EQ(answer.Header("connection"), "close");
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->reason, "body_timeout");
    EXPECT_EQ(record->fault, model::Fault::kClient);
  }
  uint64_t TimedOut(model::ClientTimeout what) const {
    return gateway().load().timed_out[static_cast<size_t>(what)];
  }

  FakeUpstream fake;
};

TEST_F(SlowClientTest, ATrickledBodyIsCutOffThoughItNeverPauses) {
  pace() = {.min_bytes_per_second = 10'000, .grace = milliseconds(200)};
  StartOne();
  Connection client = BeginUpload(100'000);
  Trickle(client, "x", 100'000);
  ExpectCut(client);
  EXPECT_EQ(fake.connections_accepted(), 0U);
  EXPECT_EQ(TimedOut(model::ClientTimeout::kBody), 1u);
}

TEST_F(SlowClientTest, ATrickledBodyThatIsStreamedThroughIsCutOffToo) {
  pace() = {.min_bytes_per_second = 10'000, .grace = milliseconds(200)};
  options().body_limits.memory_bytes = 16 << 10;
  options().body_limits.replay_bytes = 64 << 10;
  StartOne();
  Connection client = BeginUpload(500'000);
  ASSERT_TRUE(client.Write(std::string(200'000, 'x')));
  Trickle(client, "x", 300'000);
  ExpectCut(client);
  EXPECT_TRUE(fake.WaitForClientGone());
}

TEST_F(SlowClientTest, ASlowBodyThatKeepsUpTheRateIsServed) {
  pace() = {.min_bytes_per_second = 50, .grace = milliseconds(1500)};
  StartOne();
  const steady_clock::time_point begun = steady_clock::now();
  Connection client = BeginUpload(20 * 200);
  Trickle(client, std::string(20, 'x'), 200);
  EXPECT_GT(steady_clock::now() - begun, pace().grace) << "the trial is too short to say anything";
  EXPECT_EQ(ReadAnswer(client).status, 200);
  const auto request = fake.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body.size(), 4000u);
}

TEST_F(SlowClientTest, ASlowUpstreamIsNotHeldAgainstTheClient) {
  // Long beside what the kernel takes to open a window again that was shut.
  pace() = {.min_bytes_per_second = 10'000, .grace = milliseconds(1500)};
  options().body_limits.memory_bytes = 16 << 10;
  options().body_limits.replay_bytes = 64 << 10;
  StartOne();
  Gate gate;
  Reply slow = AnswerJson(200, "{}");
  slow.before_reading.emplace_back(Reply::WaitAt{gate});
  fake.Next(slow);
  const size_t bytes = 24 * kMiB;
  Connection client = BeginUpload(bytes);
  // As much goes out as finds room in all the buffers between; then nobody takes anything.
  std::thread writer([&] { EXPECT_TRUE(client.Write(std::string(bytes, 'x'))); });
  // Not an event to wait for: the passing of time is what is tried here.
  std::this_thread::sleep_for(pace().grace + milliseconds(500));
  gate.Open();
  writer.join();
  EXPECT_EQ(ReadAnswer(client).status, 200);
  EXPECT_EQ(TimedOut(model::ClientTimeout::kBody), 0u);
}

TEST_F(SlowClientTest, EachKindOfSlownessIsCountedApart) {
  options().head_timeout = milliseconds(50);
  options().keep_alive_timeout = milliseconds(100);
  pace().idle_timeout = milliseconds(50);
  StartOne();
  Connection head = Connect();
  ASSERT_TRUE(head.Write("GET /v1/a HTTP/1.1\r\nHo"));
  EXPECT_EQ(ReadAnswer(head).status, 408);
  Connection body = BeginUpload(100);
  EXPECT_EQ(ReadAnswer(body).status, 408);
  Connection idle = Connect();
  EXPECT_TRUE(idle.WaitForClose());
  EXPECT_EQ(TimedOut(model::ClientTimeout::kHead), 1u);
  EXPECT_EQ(TimedOut(model::ClientTimeout::kBody), 1u);
  EXPECT_EQ(TimedOut(model::ClientTimeout::kKeepAlive), 1u);
  EXPECT_EQ(TimedOut(model::ClientTimeout::kWrite), 0u);
}

}  // namespace
}  // namespace llmgw::test

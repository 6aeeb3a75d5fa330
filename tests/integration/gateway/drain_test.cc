// How a gateway ends: new work is refused, what runs is finished, or ended visibly.
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

class DrainTest : public GatewayTest {
 protected:
  void StartOne() {
    AddUpstream("only", fake);
    Start();
  }

  // A stream whose first event has come.
  Connection RunningStream(const Gate& gate) {
    fake.Next(StreamSse({"1", "2", "[DONE]"}, gate));
    Connection client = OpenStream();
    Gate(gate).Release();
    head_ = client.TakeThrough("data: 1\n\n\r\n");
    EXPECT_NE(head_, "");
    client.buffer().insert(0, head_);
    return client;
  }

  FakeUpstream fake;
  std::string head_;
};

TEST_F(DrainTest, LetsARunningStreamEndAndTakesNothingNew) {
  options().workers = 2;
  StartOne();
  Gate gate;
  Connection running = RunningStream(gate);
  Connection idle = Connect();
  EXPECT_EQ(
      Exchange(idle, {.method = "GET", .target = "/healthz", .headers = {}, .body = {}}).status,
      200);
  std::thread drain([&] { gateway().Drain(kPatience); });
  EXPECT_TRUE(idle.WaitForClose());
  EXPECT_TRUE(WaitFor([&] { return !CanConnect(address()); }));
  gate.Open();
  const HttpAnswer answer = ReadAnswer(running);
  EXPECT_TRUE(answer.complete);
  EXPECT_NE(answer.body.find("[DONE]"), std::string::npos);
  EXPECT_TRUE(running.WaitForClose());
  drain.join();
  EXPECT_EQ(gateway().requests_in_flight(), 0U);
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "ok");
}

TEST_F(DrainTest, AfterTheGraceTimeStreamsEndWithAnErrorEvent) {
  StartOne();
  Gate gate;
  Connection running = RunningStream(gate);
  gateway().Drain(milliseconds(50));
  const HttpAnswer answer = ReadAnswer(running);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos);
  const size_t event = answer.body.find("event: error\ndata: ");
  ASSERT_NE(event, std::string::npos) << answer.body;
  const std::string data = answer.body.substr(event + 19);
  EXPECT_EQ(ErrorField(data, "code"), "shutting_down");
  EXPECT_EQ(ErrorField(data, "fault"), "gateway");
  EXPECT_TRUE(running.WaitForClose());
  EXPECT_TRUE(fake.WaitForClientGone());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "shutting_down");
  EXPECT_EQ(record->fault, model::Fault::kGateway);
}

TEST_F(DrainTest, ARequestThatHasNoAnswerYetIsToldAfterTheGraceTime) {
  StartOne();
  fake.Next(Hang());
  Connection waiting = OpenStream();
  ASSERT_TRUE(fake.WaitForRequest());
  gateway().Drain(milliseconds(50));
  const HttpAnswer answer = ReadAnswer(waiting);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ErrorField(answer.body, "code"), "shutting_down");
  EXPECT_EQ(answer.Header("retry-after"), "1");
}

TEST_F(DrainTest, AnAnswerDuringTheDrainClosesItsConnection) {
  StartOne();
  Gate gate;
  fake.Next(WaitFirst(gate, AnswerJson(200, "{}")));
  Connection waiting = OpenStream();
  ASSERT_TRUE(fake.WaitForRequest());
  std::thread drain([&] { gateway().Drain(kPatience); });
  EXPECT_TRUE(WaitFor([&] { return !CanConnect(address()); }));
  gate.Open();
  EXPECT_TRUE(ReadAnswer(waiting).complete);
  EXPECT_TRUE(waiting.WaitForClose());
  drain.join();
}

TEST_F(DrainTest, StopEndsEverythingWhateverItIsDoing) {
  options().workers = 2;
  options().body_limits.replay_bytes = 1 << 16;
  StartOne();
  AddUpstream("second", fake);
  std::vector<Connection> clients;
  Gate gate;
  clients.push_back(RunningStream(gate));  // streaming
  fake.Next(Hang());
  clients.push_back(OpenStream());  // waiting for a head
  fake.Next(Answer(200, std::string(64 << 20, 'x')));
  clients.push_back(OpenStream());  // not reading
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(fake.WaitForRequest());
  clients.push_back(Connect());  // idle
  clients.push_back(Connect());  // within a head
  ASSERT_TRUE(clients.back().Write("GET /v1/x HT"));
  const std::string post = "POST /v1/x HTTP/1.1\r\nHost: x\r\nAuthorization: " + std::string(kKey) +
                           "\r\nContent-Length: 500000\r\n\r\n";
  clients.push_back(Connect());  // within a body that is kept
  ASSERT_TRUE(clients.back().Write(post + "begin"));
  clients.push_back(Connect());  // within one that is streamed
  ASSERT_TRUE(clients.back().Write(post + std::string(200'000, 'x')));
  ASSERT_TRUE(WaitFor([&] { return gateway().requests_in_flight() >= 5; }));
  const std::string where = address();
  gateway().Stop();
  gateway().Stop();
  EXPECT_EQ(gateway().requests_in_flight(), 0U);
  EXPECT_FALSE(CanConnect(where));
  for (Connection& client : clients) EXPECT_TRUE(client.WaitForClose());
}

TEST_F(DrainTest, DrainApplyAndStopFromSeveralThreads) {
  for (int round = 0; round < 10; ++round) {
    options().workers = 2;
    if (round == 0) AddUpstream("only", fake);
    Start();
    std::vector<Connection> clients;
    for (int i = 0; i < 8; ++i) clients.push_back(OpenStream());
    std::thread drain([&] { gateway().Drain(milliseconds(round % 3)); });
    std::thread stop([&] { gateway().Stop(); });
    Apply();
    drain.join();
    stop.join();
    EXPECT_EQ(gateway().requests_in_flight(), 0U);
  }
}

TEST_F(DrainTest, NameLookupsUnderWayAreForgottenAtStop) {
  AddUpstream("only", fake).endpoint.host = "does-not-resolve.invalid";
  for (int round = 0; round < 10; ++round) {
    Start();
    std::vector<Connection> clients;
    for (int i = 0; i < 8; ++i) clients.push_back(OpenStream());
    gateway().Stop();
    for (Connection& client : clients) EXPECT_TRUE(client.WaitForClose());
  }
}

}  // namespace
}  // namespace llmgw::test

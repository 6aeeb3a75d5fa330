// Every timeout of an upstream is kept, also when there is nobody else to ask.
#include <thread>

#include "tests/integration/gateway/gateway_fixture.h"
#include "tests/integration/gateway/unresponsive_port.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

class TimeoutsTest : public GatewayTest {
 protected:
  void StartWith(const settings::Timeouts& timeouts) {
    AddUpstream("only", fake).timeouts = timeouts;
    Start();
  }

  void ExpectTimeout(const HttpAnswer& answer, const std::string& which,
                     const std::string& outcome) {
    EXPECT_EQ(answer.status, 504);
    EXPECT_EQ(ErrorField(answer.body, "code"), "upstream_timeout");
    EXPECT_EQ(ErrorField(answer.body, "fault"), "upstream");
    EXPECT_NE(ErrorField(answer.body, "message").find(which), std::string::npos) << answer.body;
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->status, 504);
    EXPECT_EQ(record->reason, "upstream_timeout");
    ASSERT_EQ(record->attempts.size(), 1U);
    EXPECT_EQ(record->attempts[0].outcome, outcome);
  }

  FakeUpstream fake;
};

TEST_F(TimeoutsTest, FirstByte) {
  StartWith({.first_byte = milliseconds(50)});
  fake.Next(Hang());
  ExpectTimeout(Chat(), "first byte", "first_byte_timeout");
  EXPECT_TRUE(fake.WaitForClientGone());
}

TEST_F(TimeoutsTest, FirstByteOfAStream) {
  StartWith({.first_byte_stream = milliseconds(50)});
  fake.Next(Hang());
  ExpectTimeout(Chat(R"({"model":"gpt-4o","stream":true})"), "first byte", "first_byte_timeout");
}

TEST_F(TimeoutsTest, TotalBeforeTheHead) {
  StartWith({.total = milliseconds(60)});
  fake.Next(Hang());
  ExpectTimeout(Chat(), "total", "total_timeout");
  EXPECT_TRUE(fake.WaitForClientGone());
}

TEST_F(TimeoutsTest, ConnectIsBoundedByTheTotalToo) {
  const UnresponsivePort full;
  settings::UpstreamSettings& upstream = AddUpstream("only", fake);
  upstream.endpoint.port = full.port();
  upstream.timeouts.connect = milliseconds(600'000);
  upstream.timeouts.total = milliseconds(60);
  Start();
  ExpectTimeout(Chat(), "total", "total_timeout");
}

TEST_F(TimeoutsTest, IdleBetweenTwoReadsOfABody) {
  StartWith({.idle = milliseconds(60)});
  Gate gate;
  gate.Release(1);
  fake.Next(StreamSse({R"({"n":1})", R"({"n":2})"}, gate));
  Connection client = OpenStream();
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("idle timeout"), std::string::npos) << answer.body;
  EXPECT_TRUE(fake.WaitForClientGone());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "stream_broken");
}

TEST_F(TimeoutsTest, IdleStartsAnewWithEveryRead) {
  StartWith({.idle = milliseconds(400)});
  // Twice as long in all as the timeout, never silent for that long.
  Gate gate;
  fake.Next(StreamSse({"1", "2", "3", "4", "5", "6", "7", "8"}, gate));
  Connection client = OpenStream();
  for (int i = 0; i < 9; ++i) {
    // Not an event to wait for: the passing of time is what is tried here.
    std::this_thread::sleep_for(milliseconds(100));
    gate.Release();
  }
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.find("error"), std::string::npos);
}

TEST_F(TimeoutsTest, TotalOfAStreamThatNeverPauses) {
  StartWith({.total = milliseconds(150)});
  // An endless answer, faster than anyone reads it.
  Reply endless = Raw("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
  for (int i = 0; i < 1000; ++i)
    endless.steps.emplace_back(Reply::Send{"data: " + std::string(256 << 10, 'x') + "\n\n"});
  fake.Next(endless);
  Connection client = OpenStream();
  const HttpAnswer answer = ReadAnswer(client);
  EXPECT_NE(answer.body.find("total timeout"), std::string::npos);
  EXPECT_LT(answer.body.size(), size_t{1000} * (256 << 10));
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "stream_broken");
}

TEST_F(TimeoutsTest, TotalPassedWhileASlowClientIsServedIsNotTriedElsewhere) {
  FakeUpstream other;
  options().write_timeout = milliseconds(400);
  settings::UpstreamSettings& upstream = AddUpstream("first", fake);
  upstream.timeouts.total = milliseconds(150);
  AddUpstream("second", other);
  Start();
  fake.Next(Answer(200, std::string(64 << 20, 'x')));
  Connection client = OpenStream();
  // The client reads nothing until the gateway gives it up.
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->attempts.size(), 1U);
  EXPECT_TRUE(other.requests().empty());
  EXPECT_FALSE(ReadAnswer(client).complete);
}

}  // namespace
}  // namespace llmgw::test

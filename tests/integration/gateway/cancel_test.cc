// A client that leaves, or does not read, costs nobody else anything.
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/gateway/gateway_fixture.h"
#include "tests/integration/gateway/unresponsive_port.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

class CancelTest : public GatewayTest {
 protected:
  void StartOne() {
    AddUpstream("only", fake);
    Start();
  }

  void ExpectGone(int status) {
    const auto record = records.Wait();
    ASSERT_TRUE(record);
    EXPECT_EQ(record->status, status);
    EXPECT_EQ(record->reason, "client_gone");
    EXPECT_EQ(record->fault, model::Fault::kClient);
  }

  FakeUpstream fake;
};

TEST_F(CancelTest, BeforeTheHead) {
  StartOne();
  fake.Next(Hang());
  Connection client = OpenStream();
  ASSERT_TRUE(fake.WaitForRequest());
  client.Close();
  EXPECT_TRUE(fake.WaitForClientGone());
  ExpectGone(499);
}

TEST_F(CancelTest, ByReset) {
  StartOne();
  fake.Next(Hang());
  Connection client = OpenStream();
  ASSERT_TRUE(fake.WaitForRequest());
  client.Reset();
  EXPECT_TRUE(fake.WaitForClientGone());
  ExpectGone(499);
}

TEST_F(CancelTest, InMidStreamWhileTheUpstreamIsSilent) {
  StartOne();
  Gate gate;
  gate.Release();
  fake.Next(StreamSse({R"({"usage":{"prompt_tokens":4,"completion_tokens":9}})", "never"}, gate));
  Connection client = OpenStream();
  ASSERT_NE(client.TakeThrough("\n\n"), "");
  client.Close();
  EXPECT_TRUE(fake.WaitForClientGone());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->status, 200) << "what was sent stays what is recorded";
  EXPECT_EQ(record->reason, "client_gone");
  EXPECT_EQ(record->usage.output, 9) << "what was used until then is recorded";
}

TEST_F(CancelTest, WhileTheUpstreamKeepsSending) {
  StartOne();
  Gate open;
  open.Open();
  fake.Next(StreamSse(std::vector<std::string>(200'000, "x"), open));
  Connection client = OpenStream();
  ASSERT_NE(client.TakeThrough("data: x"), "");
  client.Close();
  EXPECT_TRUE(fake.WaitForClientGone());
  ExpectGone(200);
}

TEST_F(CancelTest, WhileConnecting) {
  const UnresponsivePort full;
  AddUpstream("only", fake).endpoint.port = full.port();
  Start();
  Connection client = OpenStream();
  ASSERT_TRUE(WaitFor([&] { return gateway().requests_in_flight() == 1; }));
  client.Close();
  ExpectGone(499);
}

TEST_F(CancelTest, DuringThePauseBeforeARetry) {
  AddUpstream("only", fake).retries = 8;
  Start();
  fake.Next(ResetBeforeHead(), 9);
  Connection client = OpenStream();
  ASSERT_TRUE(fake.WaitForRequest());
  client.Close();
  ExpectGone(499);
  EXPECT_LT(fake.requests().size(), 9U);
}

TEST_F(CancelTest, ASlowClientStopsTheReadingFromItsUpstreamAndNothingElse) {
  const Listener listener = ListenOnLoopback();
  settings::UpstreamSettings& slow = AddUpstream("slow", fake);
  slow.endpoint.port = static_cast<uint16_t>(listener.port);
  slow.pool_key = "slow";
  AddUpstream("other", fake);
  AddRoute("others", "/others").upstreams = {"other"};
  Start();
  Connection client = OpenStream();
  Connection upstream(::accept(listener.fd, nullptr, nullptr));
  close(listener.fd);
  ASSERT_NE(upstream.TakeThrough("\r\n\r\n"), "");
  ASSERT_TRUE(upstream.Write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"));

  // The client reads nothing: the upstream gets rid of what the sockets on the way hold, no more.
  const std::string piece(256 << 10, 'x');
  size_t pushed = 0;
  while (pushed < (size_t{256} << 20) && upstream.Write(piece, milliseconds(500)))
    pushed += piece.size();
  EXPECT_LT(pushed, size_t{64} << 20);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Get(address(), "/others/x", {{"Authorization", kKey}}).status, 200);
  }

  // As soon as it reads, it goes on.
  std::atomic<size_t> received{0};
  std::thread reader([&] {
    while (client.ReadMore() == Connection::Event::kData) {
      received += client.buffer().size();
      client.buffer().clear();
    }
  });
  EXPECT_TRUE(WaitFor([&] { return received > pushed; }));
  EXPECT_TRUE(upstream.Write(piece));
  upstream.Close();
  EXPECT_TRUE(WaitFor([&] { return received > pushed + piece.size(); }));
  client.ShutdownWrite();
  reader.join();
}

TEST_F(CancelTest, AClientThatTakesNothingIsCut) {
  options().write_timeout = milliseconds(150);
  StartOne();
  fake.Next(Answer(200, std::string(64 << 20, 'x')));
  Connection client = OpenStream();
  ASSERT_NE(client.TakeThrough("\r\n\r\n"), "");
  EXPECT_TRUE(fake.WaitForClientGone());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "client_gone");
  EXPECT_LT(record->response_bytes, 32 << 20);
  Connection::Event how = Connection::Event::kData;
  EXPECT_LT(client.TakeToEnd(&how).size(), size_t{64} << 20);
  EXPECT_NE(how, Connection::Event::kTimeout);
}

TEST_F(CancelTest, ARequestAfterAnAnswerThatWasCutIsNotServedOnThatConnection) {
  options().write_timeout = milliseconds(100);
  StartOne();
  fake.Next(Answer(200, std::string(64 << 20, 'x')));
  Connection client = OpenStream();
  ASSERT_TRUE(records.Wait());
  (void)client.Write(Print({.method = "GET", .target = "/healthz", .headers = {}, .body = {}}));
  EXPECT_EQ(client.TakeToEnd().find("\"OK\""), std::string::npos);
}

TEST_F(CancelTest, AFastStreamDoesNotStarveTheOthersOfItsWorker) {
  StartOne();
  Reply endless = Raw("HTTP/1.1 200 OK\r\n\r\n");
  for (size_t i = 0; i < 768; ++i)
    endless.steps.emplace_back(Reply::Send{std::string(1 << 18, 'x')});
  fake.Next(endless);
  Connection reader = OpenStream();
  std::atomic<bool> stop{false};
  std::atomic<size_t> taken{0};
  std::thread drain([&] {
    while (!stop && reader.ReadMore() == Connection::Event::kData) {
      taken += reader.buffer().size();
      reader.buffer().clear();
    }
    reader.Close();
  });
  EXPECT_TRUE(WaitFor([&] { return taken > (size_t{8} << 20); }));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Get(address(), "/healthz").status, 200);
  EXPECT_LT(taken, size_t{768} << 18) << "the others had to wait for the end of the stream";
  stop = true;
  drain.join();
}

}  // namespace
}  // namespace llmgw::test

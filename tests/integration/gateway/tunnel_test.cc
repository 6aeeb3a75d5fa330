// A switched connection: what passes, how it ends, and what is recorded of it.
#include <atomic>
#include <csignal>
#include <random>
#include <thread>

#include "tests/integration/gateway/tunnel_fixture.h"

namespace llmgw::test {
namespace {

using std::chrono::milliseconds;

std::string ClientFrame(Opcode opcode, std::string payload, bool last = true) {
  return PrintFrame(
      {.opcode = opcode, .payload = std::move(payload), .last = last, .masked = true, .raw = {}});
}

std::string ServerFrame(Opcode opcode, std::string payload, bool last = true) {
  return PrintFrame(
      {.opcode = opcode, .payload = std::move(payload), .last = last, .masked = false, .raw = {}});
}

// A message in fragments of all sizes, with control frames between them.
std::string Fragmented(bool masked, size_t bytes) {
  std::mt19937 random(42);
  std::string text;
  bool first = true;
  for (const size_t size : {size_t{0}, size_t{1}, size_t{125}, size_t{126}, size_t{65536}, bytes}) {
    std::string payload(size, '\0');
    for (char& c : payload) c = static_cast<char>(random());
    text += PrintFrame({.opcode = first ? Opcode::kBinary : Opcode::kContinuation,
                        .payload = payload,
                        .last = size == bytes,
                        .masked = masked,
                        .raw = {}});
    text += PrintFrame({.opcode = Opcode::kPing, .payload = "p", .masked = masked, .raw = {}});
    first = false;
  }
  return text;
}

TEST_F(TunnelTest, FragmentedAndMaskedFramesPassToTheByte) {
  AddRaw("only");
  Start();
  Ends ends = OpenWebSocket();
  const std::string up = Fragmented(true, 300'000);
  const std::string down = Fragmented(false, 700'000);
  // Both at once, and in pieces that end anywhere.
  std::thread other([&] { ExpectPasses(ends.upstream, ends.client, down); });
  std::thread reader([&] { EXPECT_TRUE(ends.upstream.Take(up.size()) == up); });
  for (size_t at = 0; at < up.size(); at += 7001)
    EXPECT_TRUE(ends.client.Write(std::string_view(up).substr(at, 7001)));
  reader.join();
  other.join();
  ASSERT_TRUE(ends.client.Write(ClientFrame(Opcode::kClose, ClosePayload(1000))));
  EXPECT_EQ(ReadFrame(ends.upstream)->opcode, Opcode::kClose);
  const std::string close = ServerFrame(Opcode::kClose, ClosePayload(1000));
  ExpectPasses(ends.upstream, ends.client, close);
  ends.upstream.Close();
  EXPECT_TRUE(ends.client.WaitForClose());
  ends.client.Close();
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->request_bytes, static_cast<int64_t>(up.size()) + 8);
  EXPECT_EQ(record->response_bytes, static_cast<int64_t>(down.size() + close.size()));
  EXPECT_EQ(record->reason, "ok");
  EXPECT_EQ(record->model_asked, "gpt-realtime");
  EXPECT_TRUE(record->stream);
  EXPECT_GT(record->first_byte.count(), 0);
  EXPECT_GE(record->total, record->first_byte);
  EXPECT_GE(record->attempts.at(0).total, record->attempts.at(0).first_byte);
}

TEST_F(TunnelTest, WhatComesWithTheHandshakeOrItsAnswerIsNotLost) {
  AddRaw("only");
  Start();
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print(Handshake()) + "early from the client"));
  Connection upstream = raw.Accept();
  ASSERT_NE(upstream.TakeThrough("\r\n\r\n"), "");
  EXPECT_EQ(upstream.buffer(), "") << "nothing may pass before the switch";
  const std::string granted = Granted();
  ASSERT_TRUE(upstream.Write(granted.substr(0, 20)));
  ASSERT_TRUE(upstream.Write(granted.substr(20) + "early from the upstream"));
  EXPECT_EQ(upstream.Take(21), "early from the client");
  EXPECT_NE(client.TakeThrough("\r\n\r\n"), "");
  EXPECT_EQ(client.Take(23), "early from the upstream");
}

// Requests sent ahead are a tunnel's bytes only if there is a tunnel.
TEST_F(TunnelTest, WhatIsSentAheadOfARefusedHandshakeIsTheNextRequest) {
  AddUpstream("only", fake);
  Start();
  fake.Next(AnswerJson(426, "{}"));
  fake.Next(AnswerJson(200, R"({"second":1})"));
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print(Handshake()) +
                           "GET /v1/second HTTP/1.1\r\nHost: x\r\nAuthorization: wrong\r\n\r\n"));
  EXPECT_EQ(ReadAnswer(client).status, 426);
  EXPECT_EQ(ReadAnswer(client).status, 401) << "it is authenticated like any other";
}

TEST_F(TunnelTest, ASlowReaderStopsItsSenderAndNobodyElse) {
  AddRaw("only");
  AddUpstream("other", fake);
  AddRoute("others", "/others").upstreams = {"other"};
  Start();
  Ends ends = OpenWebSocket();
  const std::string piece = ServerFrame(Opcode::kBinary, std::string(256 << 10, 'x'));
  for (auto* pair : {&ends.upstream, &ends.client}) {
    Connection& sender = *pair;
    Connection& reader = pair == &ends.upstream ? ends.client : ends.upstream;
    size_t pushed = 0;
    while (pushed < (size_t{256} << 20) && sender.Write(piece, milliseconds(500)))
      pushed += piece.size();
    EXPECT_LT(pushed, size_t{64} << 20) << "sockets on the way hold some, the gateway does not";
    EXPECT_EQ(Get(address(), "/others/x", {{"Authorization", kKey}}).status, 200);
    // As soon as it is read, it goes on.
    std::atomic<size_t> received{0};
    std::thread draining([&] {
      while (received < pushed && reader.ReadMore() == Connection::Event::kData) {
        received += reader.buffer().size();
        reader.buffer().clear();
      }
    });
    draining.join();
    EXPECT_GE(received, pushed);
  }
}

TEST_F(TunnelTest, AClientThatTakesNothingForTooLongIsCut) {
  options().write_timeout = milliseconds(300);
  AddRaw("only");
  Start();
  Ends ends = OpenWebSocket();
  const std::string piece = ServerFrame(Opcode::kBinary, std::string(256 << 10, 'x'));
  while (ends.upstream.Write(piece, milliseconds(2000))) {
  }
  EXPECT_TRUE(ends.upstream.WaitForClose());
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->reason, "client_gone");
  EXPECT_EQ(record->attempts.at(0).error, "the client took nothing for too long");
}

TEST_F(TunnelTest, TheUpstreamsCloseReachesTheClient) {
  AddRaw("only");
  Start();
  Ends ends = OpenWebSocket();
  ASSERT_TRUE(ends.upstream.Write(ServerFrame(Opcode::kText, "last") +
                                  ServerFrame(Opcode::kClose, ClosePayload(4000, "done"))));
  ends.upstream.Close();
  EXPECT_EQ(ReadFrame(ends.client)->payload, "last");
  const auto close = ReadFrame(ends.client);
  ASSERT_TRUE(close);
  EXPECT_EQ(close->payload, ClosePayload(4000, "done"));
  // It answers; nobody is there to take it.
  (void)ends.client.Write(ClientFrame(Opcode::kClose, ClosePayload(4000)));
  EXPECT_TRUE(ends.client.WaitForClose());
  ExpectEnded("ok", model::Fault::kNone, "ok");
}

TEST_F(TunnelTest, AClientThatLeavesIsToldToTheUpstreamAfterItsLastBytes) {
  AddRaw("only");
  Start();
  const std::string last = ClientFrame(Opcode::kText, std::string(100'000, 'x'));
  {
    Ends ends = OpenWebSocket();
    ASSERT_TRUE(ends.client.Write(last));
    ends.client.Close();
    EXPECT_TRUE(ends.upstream.Take(last.size()) == last);
    EXPECT_TRUE(ends.upstream.WaitForClose());
  }
  ExpectEnded("client_gone", model::Fault::kClient, "client_gone");
  {
    Ends ends = OpenWebSocket();
    ends.client.Reset();
    EXPECT_TRUE(ends.upstream.WaitForClose());
  }
  ExpectEnded("client_gone", model::Fault::kClient, "client_gone");
}

TEST_F(TunnelTest, AnUpstreamThatBreaksOffIsToldToTheClientInItsProtocol) {
  AddRaw("only");
  Start();
  {
    Ends ends = OpenWebSocket();
    // Within a fragmented message, between two frames.
    ASSERT_TRUE(ends.upstream.Write(ServerFrame(Opcode::kText, "un", false)));
    EXPECT_EQ(ReadFrame(ends.client)->payload, "un");
    ends.upstream.Close();
    const auto close = ReadFrame(ends.client);
    ASSERT_TRUE(close);
    EXPECT_EQ(close->opcode, Opcode::kClose);
    EXPECT_EQ(CloseCode(*close), 1014);
    EXPECT_TRUE(ends.client.WaitForClose());
  }
  ExpectEnded("stream_broken", model::Fault::kUpstream, "stream_broken");
  {
    Ends ends = OpenWebSocket();
    // Within a frame nothing can be said.
    const std::string cut = ServerFrame(Opcode::kText, "unfinished").substr(0, 5);
    ASSERT_TRUE(ends.upstream.Write(cut));
    EXPECT_EQ(ends.client.Take(cut.size()), cut);
    ends.upstream.Reset();
    EXPECT_EQ(ends.client.TakeToEnd(), "");
  }
  ExpectEnded("stream_broken", model::Fault::kUpstream, "stream_broken");
}

TEST_F(TunnelTest, OtherProtocolsMayEndOneDirectionAndUseTheOther) {
  AddRaw("only");
  Start();
  Ends ends = OpenOpaque();
  ASSERT_TRUE(ends.client.Write("question"));
  ends.client.ShutdownWrite();
  EXPECT_EQ(ends.upstream.TakeToEnd(), "question");
  const std::string answer(3 << 20, 'a');
  ExpectPasses(ends.upstream, ends.client, answer);
  ends.upstream.Close();
  Connection::Event how = Connection::Event::kTimeout;
  EXPECT_EQ(ends.client.TakeToEnd(&how), "");
  EXPECT_EQ(how, Connection::Event::kEnd);
  ExpectEnded("ok", model::Fault::kNone, "ok");
}

TEST_F(TunnelTest, AResetPassesThroughOtherProtocolsAsOne) {
  AddRaw("only");
  Start();
  {
    Ends ends = OpenOpaque();
    ends.upstream.Reset();
    Connection::Event how = Connection::Event::kTimeout;
    ends.client.TakeToEnd(&how);
    EXPECT_EQ(how, Connection::Event::kReset);
  }
  ExpectEnded("stream_broken", model::Fault::kUpstream, "stream_broken");
  {
    Ends ends = OpenOpaque();
    ends.client.Reset();
    Connection::Event how = Connection::Event::kTimeout;
    ends.upstream.TakeToEnd(&how);
    EXPECT_EQ(how, Connection::Event::kReset);
  }
  ExpectEnded("client_gone", model::Fault::kClient, "client_gone");
}

TEST_F(TunnelTest, SilenceEndsItAndBlamesWhoWasToSpeak) {
  AddRaw("only").timeouts.idle = milliseconds(150);
  Start();
  const auto expect_going_away = [](Ends& ends) {
    const auto close = ReadFrame(ends.client);
    ASSERT_TRUE(close);
    EXPECT_EQ(close->opcode, Opcode::kClose);
    EXPECT_EQ(CloseCode(*close), 1001);
    EXPECT_TRUE(ends.client.WaitForClose());
    EXPECT_TRUE(ends.upstream.WaitForClose());
  };
  {
    Ends ends = OpenWebSocket();
    ASSERT_TRUE(ends.client.Write(ClientFrame(Opcode::kText, "anybody there?")));
    expect_going_away(ends);
  }
  ExpectEnded("idle_timeout", model::Fault::kUpstream, "upstream_idle");
  {
    Ends ends = OpenWebSocket();
    ASSERT_TRUE(ends.upstream.Write(ServerFrame(Opcode::kText, "your turn")));
    ASSERT_TRUE(ReadFrame(ends.client));
    expect_going_away(ends);
  }
  ExpectEnded("idle_timeout", model::Fault::kClient, "client_idle");
}

TEST_F(TunnelTest, BytesInEitherDirectionKeepItAndTheTotalTimeoutDoesNotEndIt) {
  settings::UpstreamSettings& upstream = AddRaw("only");
  upstream.timeouts.idle = milliseconds(400);
  upstream.timeouts.total = milliseconds(300);
  Start();
  Ends ends = OpenWebSocket();
  for (int i = 0; i < 8; ++i) {
    // Not an event to wait for: the passing of time is what is tried here.
    std::this_thread::sleep_for(milliseconds(100));
    if (i % 2 == 0) {
      ExpectPasses(ends.client, ends.upstream, ClientFrame(Opcode::kPing, ""));
    } else {
      ExpectPasses(ends.upstream, ends.client, ServerFrame(Opcode::kPong, ""));
    }
  }
}

TEST_F(TunnelTest, ADrainLetsItRunAndThenSaysGoodbye) {
  AddRaw("only");
  Start();
  Ends ends = OpenWebSocket();
  std::thread drain([&] { gateway().Drain(milliseconds(1500)); });
  EXPECT_TRUE(WaitFor([&] { return !CanConnect(address()); }));
  ExpectPasses(ends.upstream, ends.client, ServerFrame(Opcode::kText, "going on"));
  const auto close = ReadFrame(ends.client);
  ASSERT_TRUE(close);
  EXPECT_EQ(CloseCode(*close), 1001);
  EXPECT_EQ(close->payload.substr(2), "shutting_down");
  EXPECT_TRUE(ends.client.WaitForClose());
  EXPECT_TRUE(ends.upstream.WaitForClose());
  drain.join();
  ExpectEnded("shutting_down", model::Fault::kGateway, "cancelled");
  EXPECT_EQ(gateway().requests_in_flight(), 0U);
}

TEST_F(TunnelTest, ADrainWithinAFrameOnlyCloses) {
  AddRaw("only");
  Start();
  Ends ends = OpenWebSocket();
  const std::string cut = ServerFrame(Opcode::kText, "unfinished").substr(0, 5);
  ExpectPasses(ends.upstream, ends.client, cut);
  gateway().Drain(milliseconds(0));
  EXPECT_EQ(ends.client.TakeToEnd(), "");
}

TEST_F(TunnelTest, UnderTlsToTheUpstreamNothingChanges) {
  std::signal(SIGPIPE, SIG_IGN);
  TestCa ca;
  FakeUpstream secure({.tls = ca.Issue()});
  settings::UpstreamSettings& upstream = AddUpstream("only", secure);
  upstream.endpoint.tls = true;
  upstream.tls.server_name = "localhost";
  upstream.tls.ca_pem = ReadFile(ca.ca_file());
  Start();
  const std::string up = Fragmented(true, 2 << 20);
  const std::string down = Fragmented(false, 3 << 20);
  secure.Next(SwitchToWebSocket(kWebSocketKey, "", [&](Connection& server) {
    EXPECT_TRUE(server.Take(up.size()) == up);
    EXPECT_TRUE(server.Write(down));
    EXPECT_EQ(ReadFrame(server)->opcode, Opcode::kClose);
    EXPECT_TRUE(server.Write(ServerFrame(Opcode::kClose, ClosePayload(1000))));
  }));
  Connection client = Connect();
  ASSERT_TRUE(client.Write(Print(Handshake())));
  ASSERT_TRUE(client.TakeThrough("\r\n\r\n").starts_with("HTTP/1.1 101"));
  ASSERT_TRUE(client.Write(up));
  EXPECT_TRUE(client.Take(down.size()) == down);
  ASSERT_TRUE(client.Write(ClientFrame(Opcode::kClose, ClosePayload(1000))));
  EXPECT_EQ(CloseCode(ReadFrame(client).value_or(WebSocketFrame{})), 1000);
  EXPECT_TRUE(client.WaitForClose());
  client.Close();
  ExpectEnded("ok", model::Fault::kNone, "ok");
}

TEST_F(TunnelTest, ManyAtOnceAndAStop) {
  options().workers = 2;
  AddRaw("only");
  Start();
  std::vector<Ends> all;
  for (int i = 0; i < 50; ++i) all.push_back(OpenWebSocket());
  for (Ends& ends : all) {
    ExpectPasses(ends.client, ends.upstream, ClientFrame(Opcode::kText, "hello"));
    ExpectPasses(ends.upstream, ends.client, ServerFrame(Opcode::kText, "hello"));
  }
  gateway().Stop();
  EXPECT_EQ(gateway().requests_in_flight(), 0U);
  for (Ends& ends : all) {
    EXPECT_TRUE(ends.client.WaitForClose());
    EXPECT_TRUE(ends.upstream.WaitForClose());
  }
}

}  // namespace
}  // namespace llmgw::test

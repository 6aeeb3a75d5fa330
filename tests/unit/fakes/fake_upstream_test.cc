#include "tests/fakes/fake_upstream.h"

#include <gtest/gtest.h>

#include "tests/support/http_client.h"

namespace llmgw::test {
namespace {

HttpAnswer Post(const FakeUpstream& upstream, const std::string& target, const std::string& body) {
  return PostJson(upstream.address(), target, body);
}

TEST(FakeUpstream, AnswersTheQueuedThenByPathThenAlways) {
  FakeUpstream upstream;
  upstream.Next(Answer(201, "queued"));
  upstream.OnPath("/b", Answer(202, "path"));
  upstream.Always(Answer(203, "always"));
  EXPECT_EQ(Get(upstream.address(), "/b").status, 201);
  EXPECT_EQ(Get(upstream.address(), "/b?x=1").status, 202);
  EXPECT_EQ(Get(upstream.address(), "/c").status, 203);
}

TEST(FakeUpstream, RemembersRequestsToTheByte) {
  FakeUpstream upstream;
  Connection connection = ConnectTo(upstream.address());
  const std::string head = "POST /x HTTP/1.1\r\nHost: h\r\ntransfer-encoding:  chunked\r\n\r\n";
  const std::string body = "3;ext=1\r\nabc\r\n0\r\nT: v\r\n\r\n";
  ASSERT_TRUE(connection.Write(head + body));
  EXPECT_EQ(ReadAnswer(connection).status, 200);
  const auto request = upstream.WaitForRequest();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->raw_head, head);
  EXPECT_EQ(request->raw_body, body);
  EXPECT_EQ(request->body, "abc");
  EXPECT_TRUE(request->complete);
}

TEST(FakeUpstream, HoldsEachEventUntilReleased) {
  FakeUpstream upstream;
  Gate gate;
  upstream.Next(StreamSse({"one", "two"}, gate));
  Connection connection = ConnectTo(upstream.address());
  ASSERT_TRUE(connection.Write(Print({.method = "GET", .target = "/", .headers = {}, .body = {}})));
  EXPECT_FALSE(connection.TakeThrough("\r\n\r\n").empty());
  EXPECT_EQ(connection.ReadMore(std::chrono::milliseconds(20)), Connection::Event::kTimeout);
  gate.Release();
  EXPECT_EQ(connection.TakeThrough("\n\n\r\n"), "b\r\ndata: one\n\n\r\n");
  EXPECT_EQ(connection.ReadMore(std::chrono::milliseconds(20)), Connection::Event::kTimeout);
  gate.Open();
  EXPECT_EQ(connection.TakeThrough("0\r\n\r\n"), "b\r\ndata: two\n\n\r\n0\r\n\r\n");
}

TEST(FakeUpstream, SeesTheClientLeave) {
  FakeUpstream upstream;
  upstream.Next(Hang());
  {
    Connection connection = ConnectTo(upstream.address());
    ASSERT_TRUE(connection.Write("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    ASSERT_TRUE(upstream.WaitForRequest());
    EXPECT_FALSE(upstream.WaitForClientGone(std::chrono::milliseconds(1)));
  }
  EXPECT_TRUE(upstream.WaitForClientGone());
  EXPECT_TRUE(upstream.WaitForConnections(0));
}

TEST(FakeUpstream, BreaksAnswersInEveryWay) {
  FakeUpstream upstream;
  const HttpRequest get{.method = "GET", .target = "/", .headers = {}, .body = {}};
  upstream.Next(CloseBeforeHead());
  EXPECT_EQ(Request(upstream.address(), get).status, 0);
  upstream.Next(GarbageHead());
  EXPECT_EQ(Request(upstream.address(), get).status, 0);
  upstream.Next(WrongContentLength(100));
  EXPECT_FALSE(Request(upstream.address(), get).complete);
  upstream.Next(TruncateAfter(StreamSse({"one", "two"}), 90));
  EXPECT_FALSE(Request(upstream.address(), get).complete);
  upstream.Next(ResetAfter(Answer(200, "12345"), 10));
  Connection connection = ConnectTo(upstream.address());
  ASSERT_TRUE(connection.Write(Print(get)));
  Connection::Event how{};
  connection.TakeToEnd(&how);
  EXPECT_EQ(how, Connection::Event::kReset);
  upstream.Stop();
  EXPECT_FALSE(CanConnect(upstream.address()));
}

TEST(FakeUpstream, FramesAnswersInEveryWay) {
  FakeUpstream upstream;
  upstream.Next(Interim(103, AnswerChunks(200, {"a", "b"}, {}, {{"X-End", "1"}})));
  const HttpAnswer chunked = Get(upstream.address(), "/");
  EXPECT_EQ(chunked.body, "ab");
  EXPECT_EQ(HeaderValue(chunked.trailers, "x-end"), "1");
  EXPECT_EQ(chunked.interim, std::vector<int>{103});
  upstream.Next(Answer(200, "to the end", {}, Framing::kUntilClose));
  const HttpAnswer until_close = Get(upstream.address(), "/");
  EXPECT_EQ(until_close.body, "to the end");
  EXPECT_TRUE(until_close.complete);
  Gate gate;
  gate.Open();
  upstream.Next(Trickle(AnswerJson(200, "{}"), gate));
  EXPECT_EQ(Get(upstream.address(), "/").body, "{}");
}

TEST(FakeUpstream, KeepsConnectionsForMoreRequests) {
  FakeUpstream upstream;
  Connection connection = ConnectTo(upstream.address());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(
        Exchange(connection, {.method = "POST", .target = "/", .headers = {}, .body = "x"}).status,
        200);
  }
  EXPECT_EQ(upstream.connections_accepted(), 1U);
  EXPECT_EQ(upstream.requests().size(), 3U);
}

TEST(FakeUpstream, SaysContinueToAClientThatAsks) {
  FakeUpstream upstream;
  Connection connection = ConnectTo(upstream.address());
  ASSERT_TRUE(connection.Write(
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_EQ(connection.TakeThrough("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(connection.Write("ok"));
  EXPECT_EQ(ReadAnswer(connection).status, 200);
}

TEST(FakeUpstream, WaitsBeforeItReadsABodyWhenTold) {
  FakeUpstream upstream;
  Gate gate;
  Reply reply = Answer(200, "read");
  reply.before_reading.emplace_back(Reply::WaitAt{gate});
  upstream.Next(reply);
  Connection connection = ConnectTo(upstream.address());
  ASSERT_TRUE(connection.Write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok"));
  EXPECT_FALSE(upstream.WaitForRequest(std::chrono::milliseconds(20)));
  gate.Release();
  EXPECT_EQ(ReadAnswer(connection).body, "read");
}

struct TlsCase {
  CertificateKind kind;
  bool accepted;
};
class FakeUpstreamTls : public testing::TestWithParam<TlsCase> {};

TEST_P(FakeUpstreamTls, IsTrustedOnlyWithAGoodCertificate) {
  const TestCa ca;
  FakeUpstream upstream({.tls = ca.Issue(GetParam().kind)});
  const SslContextPtr context = ClientContext(ca.ca_file());
  Connection connection = ConnectTo(upstream.address());
  EXPECT_EQ(connection.StartTlsClient(context.get(), "localhost"), GetParam().accepted)
      << connection.tls_error();
  if (!GetParam().accepted) return;
  EXPECT_EQ(
      Exchange(connection, {.method = "GET", .target = "/", .headers = {}, .body = {}}).status,
      200);
  EXPECT_EQ(upstream.last_server_name(), "localhost");
}

INSTANTIATE_TEST_SUITE_P(Certificates, FakeUpstreamTls,
                         testing::Values(TlsCase{CertificateKind::kValid, true},
                                         TlsCase{CertificateKind::kWrongName, false},
                                         TlsCase{CertificateKind::kSelfSigned, false},
                                         TlsCase{CertificateKind::kExpired, false}));

TEST(FakeUpstream, FailsAsOftenAsTold) {
  FakeUpstream upstream;
  upstream.FailNext(2, 503);
  EXPECT_EQ(Post(upstream, "/", "{}").status, 503);
  EXPECT_EQ(Post(upstream, "/", "{}").status, 503);
  EXPECT_EQ(Post(upstream, "/", "{}").status, 200);
}

}  // namespace
}  // namespace llmgw::test

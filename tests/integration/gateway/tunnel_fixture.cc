#include "tests/integration/gateway/tunnel_fixture.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

namespace llmgw::test {

RawUpstream::~RawUpstream() { close(listener_.fd); }

Connection RawUpstream::Accept() {
  pollfd entry{listener_.fd, POLLIN, 0};
  if (poll(&entry, 1, static_cast<int>(kPatience.count())) <= 0)
    throw std::runtime_error("nobody connected to the upstream");
  return Connection(accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC));
}

settings::UpstreamSettings& TunnelTest::AddRaw(const std::string& name) {
  settings::UpstreamSettings& upstream = AddUpstream(name, fake);
  upstream.endpoint.port = static_cast<uint16_t>(raw.port());
  upstream.endpoint.authority = "127.0.0.1:" + std::to_string(raw.port());
  upstream.pool_key = upstream.endpoint.authority;
  return upstream;
}

HttpRequest TunnelTest::Handshake(const Headers& headers, const std::string& target) {
  HttpRequest request{.method = "GET",
                      .target = target,
                      .headers = {{"Connection", "keep-alive, Upgrade"},
                                  {"Upgrade", "websocket"},
                                  {"Sec-WebSocket-Version", "13"},
                                  {"Sec-WebSocket-Key", kWebSocketKey}},
                      .body = {}};
  request.headers.insert(request.headers.end(), headers.begin(), headers.end());
  return request;
}

std::string TunnelTest::Granted(const std::string& protocol, const Headers& headers) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: " + protocol +
         "\r\nConnection: Upgrade\r\n" + PrintHeaders(headers) + "\r\n";
}

Ends TunnelTest::Open(const HttpRequest& request, const std::string& granted) {
  Connection client = Connect();
  EXPECT_TRUE(client.Write(Print(request)));
  Connection upstream = raw.Accept();
  EXPECT_NE(upstream.TakeThrough("\r\n\r\n"), "");
  EXPECT_TRUE(upstream.Write(granted));
  EXPECT_TRUE(client.TakeThrough("\r\n\r\n").starts_with("HTTP/1.1 101 "));
  return {std::move(client), std::move(upstream)};
}

Ends TunnelTest::OpenOpaque() {
  HttpRequest request{
      .method = "GET",
      .target = "/v1/sessions",
      .headers = {{"Authorization", kKey}, {"Connection", "Upgrade"}, {"Upgrade", "example/2"}},
      .body = {}};
  return Open(request, Granted("example/2"));
}

void TunnelTest::ExpectPasses(Connection& from, Connection& to, const std::string& bytes) {
  std::thread writer([&] { EXPECT_TRUE(from.Write(bytes)); });
  // Not EXPECT_EQ: nobody wants to see megabytes.
  EXPECT_TRUE(to.Take(bytes.size()) == bytes);
  writer.join();
}

void TunnelTest::ExpectEnded(const std::string& reason, model::Fault fault,
                             const std::string& outcome) {
  const auto record = records.Wait();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->status, 101);
  EXPECT_EQ(record->reason, reason);
  EXPECT_EQ(record->fault, fault);
  ASSERT_FALSE(record->attempts.empty());
  EXPECT_EQ(record->attempts.back().outcome, outcome);
  EXPECT_EQ(record->attempts.back().status, 101);
}

}  // namespace llmgw::test

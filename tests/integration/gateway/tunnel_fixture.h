#pragma once

#include <chrono>
#include <string>

#include "tests/integration/gateway/gateway_fixture.h"
#include "tests/support/websocket.h"

namespace llmgw::test {

// An upstream whose every byte the test writes itself.
class RawUpstream {
 public:
  RawUpstream() : listener_(ListenOnLoopback()) {}
  ~RawUpstream();
  RawUpstream(const RawUpstream&) = delete;
  RawUpstream& operator=(const RawUpstream&) = delete;

  int port() const { return listener_.port; }
  // The next connection. Throws when none comes within the bound.
  Connection Accept();

 private:
  Listener listener_;
};

// The two ends of what a gateway tunnels.
struct Ends {
  Connection client;
  Connection upstream;
};

// A gateway with WebSocket clients and upstreams.
class TunnelTest : public GatewayTest {
 protected:
  static constexpr const char* kWebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==";
  static constexpr const char* kTarget = "/v1/realtime?model=gpt-realtime";

  settings::UpstreamSettings& AddRaw(const std::string& name);

  // A handshake of RFC 6455 with the gateway's key; `headers` come after its own.
  static HttpRequest Handshake(const Headers& headers = {{"Authorization",
                                                          std::string("Bearer ") + kKey}},
                               const std::string& target = kTarget);
  static std::string Granted(const std::string& protocol = "websocket",
                             const Headers& headers = {});

  // Sends the request, has the upstream grant it, and reads the 101.
  Ends Open(const HttpRequest& request, const std::string& granted);
  Ends OpenWebSocket() { return Open(Handshake(), Granted()); }
  // Another protocol than WebSocket, which the gateway can't look into.
  Ends OpenOpaque();

  // Everything `from` writes arrives at `to`, to the byte.
  static void ExpectPasses(Connection& from, Connection& to, const std::string& bytes);

  // The record of a tunnel.
  void ExpectEnded(const std::string& reason, model::Fault fault, const std::string& outcome);

  FakeUpstream fake;
  RawUpstream raw;
};

}  // namespace llmgw::test

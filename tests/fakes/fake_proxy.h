#pragma once

#include <atomic>
#include <string>

#include "tests/fakes/fake_upstream.h"

namespace llmgw::test {

// An HTTP proxy on a free loopback port: opens tunnels (CONNECT) and forwards requests in absolute
// form, whatever host they name, to that port of loopback. A request in another form gets a 400.
// What it is to do wrong is told through http(), as with any fake upstream: replies queued there
// (407, Hang(), GarbageHead(), …) come before what a proxy would do.
class FakeProxy {
 public:
  FakeProxy();
  ~FakeProxy();
  FakeProxy(const FakeProxy&) = delete;
  FakeProxy& operator=(const FakeProxy&) = delete;

  int port() const { return http_.port(); }
  std::string Url() const { return http_.Url(); }
  // What it received, and what it does instead of its work.
  FakeUpstream& http() { return http_; }

 private:
  Reply Serve(const ReceivedRequest& request);
  Reply OpenTunnel(const ReceivedRequest& request);
  Reply Forward(const ReceivedRequest& request);
  void Pump(Connection& client, Connection& target);

  int stop_event_;
  FakeUpstream http_;
};

}  // namespace llmgw::test

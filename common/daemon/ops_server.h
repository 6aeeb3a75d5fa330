#pragma once

#include <prometheus/collectable.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/daemon/host_port.h"

namespace llmgw::daemon {

// What the ops endpoints show. The functions are called on the server's threads and must be safe
// there and quick.
struct OpsContent {
  // Why the daemon should get no new traffic now, as sentences; empty: it is ready.
  std::function<std::vector<std::string>()> not_ready;
  // The effective settings as a JSON text, without secrets.
  std::function<std::string()> config_json;
  // Whose metrics /metrics shows. Kept alive by the server.
  std::vector<std::shared_ptr<prometheus::Collectable>> metrics;
};

// The HTTP endpoint for operators and probes, on an address of its own and two threads of its own:
//   GET /livez      200 as long as the process answers
//   GET /readyz     200 {"ready":true}, or 503 {"ready":false,"reasons":[…]}
//   GET /metrics    Prometheus text format
//   GET /config     effective settings
//   GET /log-level  {"level":"info"};  PUT /log-level with the body `debug` changes it, from
//   loopback only
// Start returns when connections are accepted. The destructor stops it and waits for its threads.
class OpsServer {
 public:
  // Port 0 takes a free one. kUnavailable when the address can't be bound.
  static Result<std::unique_ptr<OpsServer>> Start(const HostPort& listen, OpsContent content);
  ~OpsServer();

  // Where it really listens.
  const HostPort& address() const;

 private:
  struct Impl;
  explicit OpsServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace llmgw::daemon

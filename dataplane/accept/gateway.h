#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataplane/accept/tls_handshakes.h"
#include "dataplane/model/overload.h"
#include "dataplane/model/upstream_health.h"
#include "dataplane/net/http1/buffered_body.h"
#include "dataplane/net/http1/head.h"
#include "dataplane/net/ip_ranges.h"
#include "dataplane/net/tls_server_context.h"
#include "dataplane/record/recorder.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::accept {

struct GatewayOptions {
  std::string listen = "127.0.0.1:8080";  // IP:port; port 0 picks one; "[::]:8080" takes IPv4 too
  unsigned workers = 0;                   // threads; 0: one per core
  net::http1::HeadLimits head_limits;     // of request heads
  net::http1::BodyLimits body_limits;     // of request bodies
  // Of all workers together:
  uint64_t body_memory_bytes = 192ULL << 20;  // request bodies and what slow clients don't take;
                                              // beyond it bodies go to files, reads get small
  uint64_t max_spooled_bytes = 16ULL << 30;   // bodies in temporary files; beyond it 503
  uint64_t max_connections = 0;  // of clients; beyond it 503; 0: by the open files allowed
  uint64_t max_in_flight = 0;    // requests; beyond it 503; 0: as many as open files allow
  std::chrono::milliseconds head_timeout{15'000};        // from the first byte of a head to its end
  std::chrono::milliseconds keep_alive_timeout{75'000};  // of an idle client connection
  std::chrono::milliseconds write_timeout{
      60'000};                    // a client that takes nothing for so long is cut
  net::IpRanges trusted_proxies;  // whose X-Forwarded-For is believed
  std::shared_ptr<const net::TlsServerContext> tls;         // null: clients speak plain HTTP
  std::chrono::milliseconds tls_handshake_timeout{10'000};  // from accepting to the first request
  std::shared_ptr<TlsHandshakes> tls_handshakes = std::make_shared<TlsHandshakes>();  // counts
};

// What a gateway holds and has refused, in all workers together.
struct GatewayLoad {
  struct Held {
    uint64_t now = 0;
    uint64_t limit = 0;  // net::Budget::kUnlimited: none
  };
  Held connections;
  Held in_flight;                                            // requests admitted
  Held memory;                                               // bytes
  Held files;                                                // bytes
  std::array<uint64_t, model::kLimits> refused{};            // by model::Limit
  std::array<uint64_t, model::kClientTimeouts> timed_out{};  // by model::ClientTimeout
  uint64_t accept_pauses = 0;  // times that accepting waited for descriptors
  // Predictions cancelled at their upstream after their client had left: done, failed, and not
  // tried because too many were under way.
  uint64_t cancels_done = 0;
  uint64_t cancels_failed = 0;
  uint64_t cancels_dropped = 0;
};

// The public side of the dataplane: worker threads, each with its own event loop, listener
// (SO_REUSEPORT), upstream pool and recorder, sharing nothing on a request's path. All methods may
// be called from any thread but the workers'. The process must ignore SIGXFSZ: a temporary file may
// hit a limit.
class Gateway {
 public:
  // Listens and starts the workers. `initial` may be null: requests are answered 503 until Apply.
  // Errors name the field "listen".
  static Result<std::unique_ptr<Gateway>> Start(
      GatewayOptions options, settings::SettingsPtr initial,
      const std::function<std::unique_ptr<record::Recorder>(unsigned worker)>& make_recorder);
  // Stops if that has not been done.
  virtual ~Gateway() = default;

  // Where clients reach it, with the real port.
  virtual std::string address() const = 0;

  // Returns when every worker uses `settings` for new requests; running ones keep theirs.
  virtual void Apply(settings::SettingsPtr settings) = 0;

  // Returns when every worker uses `tls` for new connections; open ones keep theirs. REQUIRES: it
  // was started with TLS.
  virtual void UseTls(std::shared_ptr<const net::TlsServerContext> tls) = 0;

  // Stops accepting, closes idle connections, lets requests end for at most `grace`, then cancels
  // them (streams end with an error event).
  virtual void Drain(std::chrono::milliseconds grace) = 0;

  // Cancels what is running and joins the workers. Idempotent.
  virtual void Stop() = 0;

  virtual uint64_t requests_in_flight() const = 0;
  virtual GatewayLoad load() const = 0;

  // What is left alone right now by any of the workers, sorted by upstream.
  virtual std::vector<model::UpstreamHealth> health() const = 0;
};

}  // namespace llmgw::accept

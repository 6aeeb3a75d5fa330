#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/forward/websocket_frames.h"
#include "dataplane/net/stream.h"
#include "dataplane/net/task.h"

namespace llmgw::forward {

class ResponseObserver;

enum class TunnelProtocol : uint8_t { kOpaque, kWebsocket };

// How a tunnel ended.
enum class TunnelEnd : uint8_t {
  kClosed,         // in order: a WebSocket by Close frames, another protocol by closing
  kClientGone,     // the client left without that
  kUpstreamBroke,  // the upstream did
  kClientSilent,   // nothing passed for too long, last the upstream spoke
  kUpstreamSilent,
  kClientStalled,  // the client took nothing for too long
  kCancelled,      // the gateway is stopping
};

struct TunnelLimits {
  net::Millis idle;          // without a byte in either direction
  net::Millis client_write;  // without the client taking any of what waits for it
};

// Carries bytes between two connections, both ways at once, until both directions have ended.
//
//   - Backpressure: a side is read only when the other has taken all that was read before, so each
//     direction holds one read's rest at most, and nothing while it runs freely or is idle.
//   - The end of one side's bytes is passed on as the end of the other's (half-close), after all
//     that came before it. From then on, and after both have sent Close frames, silence ends the
//     tunnel in seconds.
//   - A side that broke ends the other, by a reset where that is the only sign there is.
//   - WebSocket frames are followed but never changed. Where the gateway or a broken upstream ends
//     the tunnel, the client is sent a Close frame, if the last frame before it was whole.
//
// One coroutine chain; worker thread only. The streams outlive it and are closed by their owners.
class Tunnel {
 public:
  Tunnel(net::Waiter& waiter, net::Stream& client, net::Stream& upstream, TunnelProtocol protocol,
         const TunnelLimits& limits, ResponseObserver& observer);

  // What was read before the tunnel began. `head` goes to the client first and is not counted.
  void Begin(std::string head, std::string_view from_upstream, std::string from_client);

  net::Task<TunnelEnd> Run();

 private:
  enum class Side : uint8_t { kNone, kClient, kUpstream };

  // One direction.
  struct Way {
    Side source;
    net::Stream& from;
    net::Stream& to;
    std::string kept{};      // read and not taken yet
    uint8_t read_wait = 0;   // what of `from` to wait for before the next read
    uint8_t write_wait = 0;  // what of `to` before the next write, while something is kept
    bool source_ended = false;
    bool over = false;  // nothing more will pass
    FrameCursor frames{};
  };

  uint64_t Pump(Way& way);
  uint64_t Flush(Way& way);
  uint64_t ReadOnce(Way& way);
  void Send(Way& way, std::string_view bytes);
  void Note(Way& way, std::string_view bytes);
  void EndOf(Way& way, net::IoStatus how);
  void PassEnd(Way& way);
  bool SayGoodbye(uint16_t code, std::string_view reason);

  bool saw_close() const { return up_.frames.saw_close() || down_.frames.saw_close(); }
  bool closing() const;
  bool said_all() const;
  net::LoopTime Deadline() const;
  net::WaitAny Wait();
  TunnelEnd TimedOut();
  TunnelEnd Ended() const;

  net::Waiter& waiter_;
  const TunnelProtocol protocol_;
  const TunnelLimits limits_;
  ResponseObserver& observer_;
  Way up_;    // client to upstream
  Way down_;  // upstream to client
  net::LoopTime moved_at_ = 0;
  net::LoopTime client_took_at_ = 0;
  Side last_spoke_ = Side::kNone;
  Side first_ended_ = Side::kNone;
  bool ended_in_order_ = false;  // that end
  bool said_goodbye_ = false;
};

}  // namespace llmgw::forward

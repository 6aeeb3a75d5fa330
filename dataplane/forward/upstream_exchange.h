#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/forward/dialer.h"
#include "dataplane/forward/upstream_pool.h"
#include "dataplane/forward/worker_state.h"
#include "dataplane/model/request_record.h"
#include "dataplane/net/http1/chunk_decoder.h"
#include "dataplane/net/http1/head.h"

namespace llmgw::forward {

// Whom an exchange is with. References outlive the exchange.
struct ExchangePeer {
  WorkerState& worker;
  const TlsContexts& tls;
  const settings::UpstreamSettings& upstream;
  // Where, and the name in its certificate; copied, since the place may come from an answer.
  settings::Endpoint endpoint;
  std::string server_name;
  std::string pool_key;  // of kept connections to it

  // The upstream's own endpoint.
  static ExchangePeer Own(WorkerState& worker, const TlsContexts& tls,
                          const settings::UpstreamSettings& upstream);
};

// One request to an upstream that the gateway makes itself, and its answer. For kinds of upstreams
// that are asked more than once for one request of a client; a client's own request goes through
// Attempt. Who waits is said with each call, so that an exchange can be handed on. Worker thread
// only.
class UpstreamExchange {
 public:
  explicit UpstreamExchange(ExchangePeer peer) : peer_(std::move(peer)) {}
  // A connection whose answer was not read to its end is closed.
  ~UpstreamExchange() = default;
  UpstreamExchange(const UpstreamExchange&) = delete;
  UpstreamExchange& operator=(const UpstreamExchange&) = delete;

  // Until when each part may last.
  struct Deadlines {
    net::LoopTime first_byte;  // the head of the answer
    net::LoopTime total;
  };

  // No kept connection is taken: for what must not be sent twice, and is answered late.
  void DialAnew() { dials_anew_ = true; }
  // Sends `message` (head and body, whole), over a kept connection or a new one, and reads the
  // answer's head. kRelayed: it is there, whatever its status. `message` stays in place meanwhile.
  net::Task<AttemptEnd> Ask(net::Waiter& waiter, std::string_view message, Deadlines deadlines,
                            model::AttemptRecord& record);
  // Ask() ended early while it waited for the head (the client left): waits on, for somebody else.
  // REQUIRES: unfinished() and status() == 0.
  net::Task<AttemptEnd> AwaitHead(net::Waiter& waiter, Deadlines deadlines,
                                  model::AttemptRecord& record);
  // All of the request went out, and not all of its answer has come.
  bool unfinished() const { return sent_whole_ && connection_.stream != nullptr && !body_done_; }

  // 0: no answer yet.
  int status() const { return status_; }
  // REQUIRES: status() != 0. Valid as long as the exchange.
  const net::http1::ResponseHead& head() const { return head_; }
  // Of the answer's head; empty when it has none.
  std::string_view Header(std::string_view name) const;
  bool event_stream() const;

  // Appends what comes next of the body. kOk: something, kEof: it is whole (the connection is kept
  // where it can be), kError: it broke off; else why the wait ended.
  net::Task<net::IoStatus> Read(net::Waiter& waiter, net::LoopTime deadline, std::string& out);
  // The rest of the body, at most `most` bytes; more is kBadResponse.
  net::Task<AttemptEnd> ReadAll(net::Waiter& waiter, size_t most, Deadlines deadlines,
                                std::string& out);

 private:
  net::Task<AttemptEnd> Connect(net::Waiter& waiter, Deadlines deadlines,
                                model::AttemptRecord& record);
  net::Task<AttemptEnd> Talk(net::Waiter& waiter, std::string_view message, Deadlines deadlines,
                             model::AttemptRecord& record);
  bool Decode(std::string_view bytes, std::string& out);
  void Keep(net::LoopTime now);
  static AttemptEnd EndOf(net::IoStatus status, const net::Waiter& waiter, Deadlines deadlines);

  ExchangePeer peer_;
  UpstreamConnection connection_;
  bool dials_anew_ = false;
  net::LoopTime sent_at_ = 0;
  std::string head_bytes_;  // what `head_` views, and before it is whole, what has come
  net::http1::ResponseHead head_;
  std::string early_;  // of the body, came with the head
  net::http1::ChunkDecoder decoder_;
  uint64_t remaining_ = 0;  // of a body with a length
  int status_ = 0;
  bool sent_whole_ = false;
  bool got_bytes_ = false;
  bool body_done_ = false;
  bool excess_ = false;
};

}  // namespace llmgw::forward

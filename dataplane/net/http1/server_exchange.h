#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dataplane/net/http1/buffered_body.h"
#include "dataplane/net/http1/head_pool.h"
#include "dataplane/net/http1/request_body.h"
#include "dataplane/net/input_buffer.h"
#include "dataplane/net/stream.h"
#include "dataplane/net/task.h"

namespace llmgw::net::http1 {

// One request of one client connection and the way its answer goes out. Made by the connection for
// each request; whoever handles the request reads `head` and `body` and sends exactly one response
// through it. Worker thread only; references must outlive it.
class ServerExchange {
 public:
  ServerExchange(Waiter& waiter, Stream& client, InputBuffer& input,
                 std::unique_ptr<HeadStorage> storage, const BodyLimits& limits, BodyBudget& budget,
                 Millis write_timeout);

  Waiter& waiter() { return waiter_; }
  Reactor& reactor() { return waiter_.reactor(); }
  Stream& client() { return client_; }

  // REQUIRES: ReleaseRequest has not been called.
  const RequestHead& head() const { return storage_->head; }
  bool http10() const { return http10_; }
  bool head_request() const { return head_request_; }

  // Unread body bytes of the client, and what was kept of them.
  RequestBody& source() { return source_; }
  uint64_t max_body_bytes() const { return max_body_bytes_; }
  BufferedBody& body() { return body_; }
  // For whoever waits for more of the body.
  BodyPace& pace() { return pace_; }
  // Reads the body as far as it can be kept: first what is there, then, when that is kPartial and
  // the source has not finished, what is to come. Tells a waiting client to send it (100-continue)
  // if nothing has come yet.
  BodyOutcome TryReadBody() { return body_.FillNow(source_); }
  Task<BodyOutcome> AwaitBody();

  // The request is answered without its body. When that is short, drops it, the part that has not
  // come yet too (DropRest), so that the connection can be used again; otherwise does nothing.
  void DropBody();
  // After the answer: waits for what DropBody left. False: the connection can't be used again.
  Task<bool> DropRest();
  // All of the body has been read, or will be by DropRest.
  bool body_done() const { return source_.finished() || drops_rest_; }

  // Call before any wait: what the client sent beyond this request is kept. Body bytes taken last
  // stay valid until the wait.
  void KeepInput() {
    if (!input_.empty()) input_.Own();
  }

  // For who takes the connection over when protocols are switched: what the client sent beyond this
  // request, which is then nobody else's.
  std::string TakeInput() {
    std::string taken(input_.view());
    input_.Consume(taken.size());
    return taken;
  }

  // A response head went out; nothing else may be sent but its body.
  bool committed() const { return committed_; }
  // Sends gathered bytes (head, body or both); everything or a failure. Counts nothing.
  Write Send(std::span<const iovec> parts) {
    return Write(waiter_, client_, parts, reactor().After(write_timeout_));
  }
  void MarkCommitted() { committed_ = true; }
  // A client that takes nothing for so long is cut.
  Millis write_timeout() const { return write_timeout_; }

  // The connection can't carry another request: the response says so, and it is closed afterwards.
  void CloseAfter() { keep_alive_ = false; }
  // The response can't be brought to an end that the client could tell from a whole one, or the
  // client takes nothing any more: the connection is reset.
  void Abort() {
    keep_alive_ = false;
    client_.ResetOnClose();
  }
  bool keep_alive() const { return keep_alive_; }

  // The client did not take its answer in time.
  void MarkStalled() { stalled_ = true; }
  bool stalled() const { return stalled_; }

  // Frees the head and the kept body once they can't be needed again, so that a long stream holds
  // neither.
  std::unique_ptr<HeadStorage> ReleaseRequest();

 private:
  Waiter& waiter_;
  Stream& client_;
  InputBuffer& input_;
  std::unique_ptr<HeadStorage> storage_;
  RequestBody source_;
  BufferedBody body_;
  BodyPace pace_;
  uint64_t max_body_bytes_;
  Millis write_timeout_;
  bool http10_;
  bool head_request_;
  bool expect_continue_;
  bool keep_alive_;
  bool committed_ = false;
  bool drops_rest_ = false;
  bool stalled_ = false;
};

}  // namespace llmgw::net::http1

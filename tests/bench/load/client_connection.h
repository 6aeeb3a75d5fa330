#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tests/bench/load/request_source.h"
#include "tests/bench/load/stream_check.h"
#include "tests/bench/wire/channel.h"
#include "tests/bench/wire/message_reader.h"
#include "tests/bench/wire/poller.h"

namespace llmgw::bench {

class ClientConnection;

// Told what happens on connections. None may destroy the connection.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  // A stamped event of a stream; `now` is when it was read.
  virtual void OnChunk(ClientConnection& connection, const ChunkStamp& stamp, int64_t now) = 0;
  // The answer is whole and right. The next request may be sent from here.
  virtual void OnAnswer(ClientConnection& connection) = 0;
  // Anything else; the connection is closed. A new request from here opens it again.
  virtual void OnFault(ClientConnection& connection, const std::string& what) = 0;
};

// One client: sends a request at a time and checks its answer: status, size, the body bytes that
// the mock says it got, and each event of a stream. One thread.
class ClientConnection {
 public:
  // What all connections of a run share; must outlive them.
  struct Context {
    const LoadOptions& options;
    Poller& poller;
    RequestSource& source;
    ConnectionOwner& owner;
    SSL_CTX* tls;        // null: in clear
    std::string buffer;  // to receive into
  };

  // `tag` names it in the poller.
  ClientConnection(Context& context, uint64_t tag) : context_(context), tag_(tag) {}

  // Sends a request that was due at `intended`, connecting if need be.
  // REQUIRES: idle().
  void Start(int64_t intended);
  // The poller has something for it.
  void OnReady();

  bool idle() const { return !busy_; }
  int64_t intended() const { return intended_; }
  // A connection that is leaving tells nothing any more.
  void Abandon() { channel_.Close(); }

 private:
  bool Connect();
  void Send();
  void Receive();
  bool TakeBytes(std::string_view bytes, int64_t now);
  void FinishAnswer();
  void OnEnd();
  void Fail(const std::string& what);
  void WantWrite(bool wanted);
  std::string AnswerFault() const;

  Context& context_;
  const uint64_t tag_;
  Channel channel_;
  MessageReader answer_{MessageReader::Kind::kResponse};
  bool busy_ = false;
  bool wants_write_ = false;
  bool fresh_ = false;  // nothing has been answered on this TCP connection
  int64_t intended_ = 0;
  std::string head_;       // of the request, a small body included
  std::string_view rest_;  // of the request, after head_
  size_t head_sent_ = 0;
  std::string body_;  // of a whole answer
  StreamCheck stream_;
};

}  // namespace llmgw::bench

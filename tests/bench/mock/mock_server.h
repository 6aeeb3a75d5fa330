#pragma once

#include <cstdint>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "tests/bench/mock/answers.h"
#include "tests/bench/wire/channel.h"
#include "tests/bench/wire/clock.h"
#include "tests/bench/wire/message_reader.h"
#include "tests/bench/wire/poller.h"

namespace llmgw::bench {

// An upstream that costs next to nothing: answers every request with a whole chat completion, or,
// when the request has `kStreamHeader`, with a stream whose events leave on schedule, stamped. One
// thread.
class MockServer {
 public:
  MockServer();

  // Listens on 127.0.0.1 and returns the port. With `tls` the connections speak TLS; it must
  // outlive this.
  uint16_t Listen(uint16_t port, SSL_CTX* tls);

  // Serves for ever.
  [[noreturn]] void Run();

 private:
  struct Listener {
    Handle socket;
    SSL_CTX* tls;
  };

  struct Connection {
    explicit Connection(Channel open_channel) : channel(std::move(open_channel)) {}

    Channel channel;
    MessageReader request{MessageReader::Kind::kRequest};
    std::string unsent;  // what the socket did not take
    bool wants_write = false;
    StreamPlan stream;  // chunks 0: none is running
    uint32_t sent_chunks = 0;
    uint64_t id = 0;
  };

  // An event of a stream that must leave.
  struct Due {
    int64_t time;
    uint64_t connection;
    bool operator>(const Due& other) const { return time > other.time; }
  };

  static uint64_t TagOf(uint64_t connection) { return connection + kFirstConnectionTag; }

  void Accept(const Listener& listener);
  void Receive(Connection& connection);
  void Answer(Connection& connection);
  void SendNextChunk(Connection& connection, int64_t due);
  void SendDueChunks();
  void Send(Connection& connection, std::string_view first, std::string_view second = {});
  void Flush(Connection& connection);
  void Close(Connection& connection);
  Connection* Find(uint64_t id);

  static constexpr uint64_t kFirstConnectionTag = 1000;  // below: listeners

  Poller poller_;
  Answers answers_;
  std::vector<Listener> listeners_;
  // By slot; an id is the slot plus 2^20 times how often the slot was used before, so that what is
  // still in the queue for a closed connection does not meet its successor.
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<uint64_t> free_ids_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<char> buffer_;
};

}  // namespace llmgw::bench

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/support/http_message.h"

namespace llmgw::test {

// Holds a fake upstream back until the test lets it go on. Copies share one gate. Safe for
// concurrent use.
class Gate {
 public:
  Gate();

  // Lets the next `n` steps that wait here pass.
  void Release(int n = 1);
  // Lets everything pass from now on.
  void Open();

  // For the fake: readable while a step may pass; TryPass() takes one permit.
  int fd() const;
  bool TryPass();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// How an answer's body is framed (RFC 9112, 6).
enum class Framing { kContentLength, kChunked, kUntilClose };

// What a fake upstream does after it has read a request: a list of steps that the functions below
// put together. A value.
struct Reply {
  struct Send {
    std::string bytes;
  };
  struct WaitAt {
    Gate gate;
  };
  struct Hang {};   // say nothing until the client goes away or the server stops
  struct Close {};  // FIN
  struct Reset {};  // RST
  // The connection is no longer HTTP: `serve` has it until it returns, then it is closed.
  struct Take {
    std::function<void(Connection&)> serve;
  };
  using Step = std::variant<Send, WaitAt, Hang, Close, Reset, Take>;

  std::vector<Step> steps;
  bool before_body = false;          // answer as soon as the head is there
  std::vector<Step> before_reading;  // done between the request's head and the reading of its body
};

// A whole answer. `headers` come after Content-Type (when not named in them) and the framing.
Reply Answer(int status, std::string_view body, const Headers& headers = {},
             Framing framing = Framing::kContentLength);
Reply AnswerJson(int status, std::string_view json, const Headers& headers = {});
// The same, in pieces: chunked, one chunk each, and trailers after the last.
Reply AnswerChunks(int status, const std::vector<std::string>& chunks, const Headers& headers = {},
                   const Headers& trailers = {});

// Server-sent events, one chunk each ("data: <event>\n\n"). With a gate, each event waits for its
// Release(), and so does the end. Framing kUntilClose sends them without chunk framing.
Reply StreamSse(const std::vector<std::string>& events, std::optional<Gate> gate = std::nullopt,
                Framing framing = Framing::kChunked);

Reply Hang();             // accepts and never answers
Reply CloseBeforeHead();  // reads the request, then closes
Reply ResetBeforeHead();
Reply GarbageHead();                        // something that is not HTTP
Reply WrongContentLength(size_t declared);  // declares more than it sends, then closes
Reply Raw(std::string bytes);               // exactly these, then keeps the connection
// 101 to a WebSocket handshake, then whatever `serve` does. An empty protocol: none is chosen.
Reply SwitchToWebSocket(const std::string& key, const std::string& protocol,
                        std::function<void(Connection&)> serve);

// Changes to a reply.
Reply ResetAfter(const Reply& reply, size_t bytes);     // RST when so many bytes are out
Reply TruncateAfter(const Reply& reply, size_t bytes);  // FIN
Reply Trickle(const Reply& reply, Gate gate);           // each byte waits for its Release()
Reply WaitFirst(Gate gate, const Reply& reply);         // nothing before Release()
Reply Interim(int status, const Reply& reply);          // a 1xx answer comes before
Reply ThenClose(Reply reply);                           // with "Connection: close" unsaid

}  // namespace llmgw::test

#include "tests/fakes/reply.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "tests/support/websocket.h"

namespace llmgw::test {

struct Gate::State {
  int fd = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
  std::atomic<bool> open{false};
  State() {
    if (fd < 0) throw std::runtime_error("eventfd failed");
  }
  ~State() { close(fd); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Gate::Gate() : state_(std::make_shared<State>()) {}

void Gate::Release(int n) {
  const uint64_t permits = static_cast<uint64_t>(n);
  (void)!write(state_->fd, &permits, sizeof permits);
}

void Gate::Open() {
  state_->open = true;
  Release(1);  // stays readable: an open gate takes no permit
}

int Gate::fd() const { return state_->fd; }

bool Gate::TryPass() {
  if (state_->open) return true;
  uint64_t permit = 0;
  return read(state_->fd, &permit, sizeof permit) == sizeof permit;
}

namespace {

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    default:
      return "Status";
  }
}

std::string Head(int status, Headers headers, std::string_view content_type) {
  if (!content_type.empty() && CountHeader(headers, "content-type") == 0) {
    headers.insert(headers.begin(), {"Content-Type", std::string(content_type)});
  }
  return "HTTP/1.1 " + std::to_string(status) + " " + std::string(ReasonPhrase(status)) + "\r\n" +
         PrintHeaders(headers) + "\r\n";
}

Headers With(const Headers& headers, const std::string& name, const std::string& value) {
  Headers all = headers;
  all.emplace_back(name, value);
  return all;
}

Reply Single(Reply::Step step) {
  Reply reply;
  reply.steps.push_back(std::move(step));
  return reply;
}

Reply Prefixed(Reply::Step step, const Reply& reply) {
  Reply changed = reply;
  changed.steps.insert(changed.steps.begin(), std::move(step));
  return changed;
}

Reply Cut(const Reply& reply, size_t bytes, Reply::Step end) {
  Reply cut = reply;
  cut.steps.clear();
  for (const Reply::Step& step : reply.steps) {
    const auto* send = std::get_if<Reply::Send>(&step);
    if (send == nullptr) {
      cut.steps.push_back(step);
      continue;
    }
    const std::string piece = send->bytes.substr(0, bytes);
    if (!piece.empty()) cut.steps.emplace_back(Reply::Send{piece});
    bytes -= piece.size();
    if (bytes == 0) break;
  }
  cut.steps.push_back(std::move(end));
  return cut;
}

}  // namespace

Reply Answer(int status, std::string_view body, const Headers& headers, Framing framing) {
  switch (framing) {
    case Framing::kContentLength:
      return Single(Reply::Send{
          Head(status, With(headers, "Content-Length", std::to_string(body.size())), "text/plain") +
          std::string(body)});
    case Framing::kChunked:
      return AnswerChunks(status, {std::string(body)}, headers);
    case Framing::kUntilClose:
      break;
  }
  Reply reply = Single(Reply::Send{
      Head(status, With(headers, "Connection", "close"), "text/plain") + std::string(body)});
  reply.steps.emplace_back(Reply::Close{});
  return reply;
}

Reply AnswerJson(int status, std::string_view json, const Headers& headers) {
  Headers all = headers;
  all.insert(all.begin(), {"Content-Type", "application/json"});
  return Answer(status, json, all);
}

Reply AnswerChunks(int status, const std::vector<std::string>& chunks, const Headers& headers,
                   const Headers& trailers) {
  Reply reply = Single(
      Reply::Send{Head(status, With(headers, "Transfer-Encoding", "chunked"), "text/plain")});
  for (const std::string& chunk : chunks) reply.steps.emplace_back(Reply::Send{Chunk(chunk)});
  reply.steps.emplace_back(Reply::Send{"0\r\n" + PrintHeaders(trailers) + "\r\n"});
  return reply;
}

Reply StreamSse(const std::vector<std::string>& events, std::optional<Gate> gate, Framing framing) {
  const bool chunked = framing == Framing::kChunked;
  const Headers framed =
      chunked ? Headers{{"Transfer-Encoding", "chunked"}} : Headers{{"Connection", "close"}};
  Reply reply = Single(Reply::Send{Head(200, framed, "text/event-stream")});
  for (const std::string& event : events) {
    if (gate) reply.steps.emplace_back(Reply::WaitAt{*gate});
    const std::string text = "data: " + event + "\n\n";
    reply.steps.emplace_back(Reply::Send{chunked ? Chunk(text) : text});
  }
  if (gate) reply.steps.emplace_back(Reply::WaitAt{*gate});
  if (chunked) {
    reply.steps.emplace_back(Reply::Send{"0\r\n\r\n"});
  } else {
    reply.steps.emplace_back(Reply::Close{});
  }
  return reply;
}

Reply Hang() { return Single(Reply::Hang{}); }
Reply CloseBeforeHead() { return Single(Reply::Close{}); }
Reply ResetBeforeHead() { return Single(Reply::Reset{}); }
Reply GarbageHead() { return ThenClose(Raw("SSH-2.0-not_http\r\n\r\n")); }
Reply Raw(std::string bytes) { return Single(Reply::Send{std::move(bytes)}); }

Reply SwitchToWebSocket(const std::string& key, const std::string& protocol,
                        std::function<void(Connection&)> serve) {
  Headers headers{{"Upgrade", "websocket"},
                  {"Connection", "Upgrade"},
                  {"Sec-WebSocket-Accept", AcceptFor(key)}};
  if (!protocol.empty()) headers.emplace_back("Sec-WebSocket-Protocol", protocol);
  Reply reply = Raw("HTTP/1.1 101 Switching Protocols\r\n" + PrintHeaders(headers) + "\r\n");
  reply.steps.emplace_back(Reply::Take{std::move(serve)});
  return reply;
}

Reply WrongContentLength(size_t declared) {
  return ThenClose(Raw(
      Head(200, {{"Content-Length", std::to_string(declared)}}, "application/json") + "{\"cut\":"));
}

Reply ResetAfter(const Reply& reply, size_t bytes) { return Cut(reply, bytes, Reply::Reset{}); }
Reply TruncateAfter(const Reply& reply, size_t bytes) { return Cut(reply, bytes, Reply::Close{}); }

Reply Trickle(const Reply& reply, Gate gate) {
  Reply slow = reply;
  slow.steps.clear();
  for (const Reply::Step& step : reply.steps) {
    const auto* send = std::get_if<Reply::Send>(&step);
    if (send == nullptr) {
      slow.steps.push_back(step);
      continue;
    }
    for (const char byte : send->bytes) {
      slow.steps.emplace_back(Reply::WaitAt{gate});
      slow.steps.emplace_back(Reply::Send{std::string(1, byte)});
    }
  }
  return slow;
}

Reply WaitFirst(Gate gate, const Reply& reply) {
  return Prefixed(Reply::WaitAt{std::move(gate)}, reply);
}

Reply Interim(int status, const Reply& reply) {
  return Prefixed(Reply::Send{"HTTP/1.1 " + std::to_string(status) + " Interim\r\n\r\n"}, reply);
}

Reply ThenClose(Reply reply) {
  reply.steps.emplace_back(Reply::Close{});
  return reply;
}

}  // namespace llmgw::test

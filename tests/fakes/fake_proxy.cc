#include "tests/fakes/fake_proxy.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <stdexcept>

namespace llmgw::test {
namespace {

// The port of "host:port"; nothing when it is not of that form.
std::optional<int> PortOf(const std::string& authority) {
  const size_t colon = authority.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  int port = 0;
  const char* end = authority.data() + authority.size();
  const auto [rest, error] = std::from_chars(authority.data() + colon + 1, end, port);
  if (error != std::errc() || rest != end || port < 1 || port > 65535) return std::nullopt;
  return port;
}

// Null: nobody is there.
std::shared_ptr<Connection> TryConnect(int port) {
  try {
    return std::make_shared<Connection>(ConnectTo("127.0.0.1:" + std::to_string(port)));
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

Reply BadRequest(const std::string& why) { return Answer(400, why, {{"X-Proxy", "refused"}}); }

// What arrived on one side goes to the other; false when one of them is over.
bool Pass(Connection& from, Connection& to) {
  const Connection::Event event = from.ReadMore(std::chrono::milliseconds{0});
  if (event == Connection::Event::kEnd || event == Connection::Event::kReset) return false;
  std::string bytes;
  bytes.swap(from.buffer());
  return to.Write(bytes);
}

}  // namespace

FakeProxy::FakeProxy() : stop_event_(eventfd(0, EFD_CLOEXEC)) {
  http_.Handle([this](const ReceivedRequest& request) { return Serve(request); });
}

FakeProxy::~FakeProxy() {
  eventfd_write(stop_event_, 1);
  http_.Stop();
  close(stop_event_);
}

Reply FakeProxy::Serve(const ReceivedRequest& request) {
  return request.method == "CONNECT" ? OpenTunnel(request) : Forward(request);
}

Reply FakeProxy::OpenTunnel(const ReceivedRequest& request) {
  const std::optional<int> port = PortOf(request.target);
  if (!port || request.Header("host") != request.target) return BadRequest("not authority-form");
  const std::shared_ptr<Connection> target = TryConnect(*port);
  if (target == nullptr) return Answer(502, "nobody there");
  Reply reply = Raw("HTTP/1.1 200 Connection established\r\nVia: 1.1 fake\r\n\r\n");
  reply.steps.emplace_back(
      Reply::Take{[this, target](Connection& client) { Pump(client, *target); }});
  return reply;
}

void FakeProxy::Pump(Connection& client, Connection& target) {
  while (true) {
    std::array<pollfd, 3> fds{pollfd{client.fd(), POLLIN, 0}, pollfd{target.fd(), POLLIN, 0},
                              pollfd{stop_event_, POLLIN, 0}};
    if (poll(fds.data(), fds.size(), -1) < 0) continue;
    if (fds[2].revents != 0) return;
    if (fds[0].revents != 0 && !Pass(client, target)) return;
    if (fds[1].revents != 0 && !Pass(target, client)) return;
  }
}

// RFC 9112 3.2.2: the target's authority counts, Host does not. Hop-by-hop fields end here.
Reply FakeProxy::Forward(const ReceivedRequest& request) {
  static const std::string kScheme = "http://";
  const size_t path = request.target.find('/', kScheme.size());
  if (!request.target.starts_with(kScheme) || path == std::string::npos)
    return BadRequest("not absolute-form");
  const std::string authority = request.target.substr(kScheme.size(), path - kScheme.size());
  const std::optional<int> port = PortOf(authority);
  if (!port) return BadRequest("no port");
  const std::shared_ptr<Connection> target = TryConnect(*port);
  if (target == nullptr) return Answer(502, "nobody there");
  Headers kept;
  for (const auto& [name, value] : request.headers) {
    if (!EqualsIgnoringCase(name, "proxy-authorization") && !EqualsIgnoringCase(name, "connection"))
      kept.emplace_back(name, value);
  }
  if (!target->Write(request.method + " " + request.target.substr(path) + " HTTP/1.1\r\n" +
                     PrintHeaders(kept) + "connection: close\r\n\r\n" + request.raw_body))
    return CloseBeforeHead();
  Reply reply = Raw(target->TakeToEnd());
  reply.steps.emplace_back(Reply::Close{});
  return reply;
}

}  // namespace llmgw::test

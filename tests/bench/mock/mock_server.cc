#include "tests/bench/mock/mock_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

namespace llmgw::bench {
namespace {

constexpr uint64_t kSlots = 1 << 20;

}  // namespace

MockServer::MockServer() : buffer_(256 << 10) {}

uint16_t MockServer::Listen(uint16_t port, SSL_CTX* tls) {
  Handle socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(socket.get(), generic, size) != 0) Die("bind");
  if (listen(socket.get(), 4096) != 0) Die("listen");
  if (getsockname(socket.get(), generic, &size) != 0) Die("getsockname");
  listeners_.push_back({std::move(socket), tls});
  poller_.Add(listeners_.back().socket.get(), EPOLLIN, listeners_.size());
  return ntohs(address.sin_port);
}

void MockServer::Run() {
  for (;;) {
    poller_.WakeAt(due_.empty() ? 0 : due_.top().time);
    for (const epoll_event& event : poller_.Wait(-1)) {
      const uint64_t tag = event.data.u64;
      if (tag < kFirstConnectionTag) {
        Accept(listeners_[tag - 1]);
        continue;
      }
      Connection* connection = Find(tag - kFirstConnectionTag);
      if (!connection) continue;  // closed earlier in this batch
      if (event.events & EPOLLOUT) Flush(*connection);
      if (connection->channel.open()) Receive(*connection);
      if (!connection->channel.open()) Close(*connection);
    }
    SendDueChunks();
  }
}

MockServer::Connection* MockServer::Find(uint64_t id) {
  Connection* connection = connections_[id % kSlots].get();
  return connection && connection->id == id ? connection : nullptr;
}

void MockServer::Accept(const Listener& listener) {
  for (;;) {
    Handle socket(accept4(listener.socket.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.open()) return;
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    uint64_t id = connections_.size();
    if (free_ids_.empty()) {
      connections_.emplace_back();
    } else {
      id = free_ids_.back();
      free_ids_.pop_back();
    }
    const int fd = socket.get();
    auto connection = std::make_unique<Connection>(
        Channel(std::move(socket), listener.tls, Channel::Side::kServer));
    connection->id = id;
    connections_[id % kSlots] = std::move(connection);
    poller_.Add(fd, EPOLLIN | EPOLLRDHUP, TagOf(id));
  }
}

// The descriptor leaves epoll with its closing.
void MockServer::Close(Connection& connection) {
  const uint64_t id = connection.id;
  free_ids_.push_back(id + kSlots);
  connections_[id % kSlots].reset();
}

void MockServer::Receive(Connection& connection) {
  for (;;) {
    const ptrdiff_t got = connection.channel.Read(buffer_.data(), buffer_.size());
    if (got == 0) return;
    if (got < 0) {
      connection.channel.Close();
      return;
    }
    const size_t size = static_cast<size_t>(got);
    std::string_view bytes(buffer_.data(), size);
    while (!bytes.empty()) {
      bytes.remove_prefix(connection.request.Feed(bytes, [](std::string_view) {}));
      if (connection.request.state() == MessageReader::State::kBroken) {
        connection.channel.Close();
        return;
      }
      if (!connection.request.done()) break;
      Answer(connection);
      if (!connection.channel.open()) return;
      connection.request.Restart();
    }
    if (size < buffer_.size() && connection.channel.ShortReadIsDrained()) return;
  }
}

void MockServer::Answer(Connection& connection) {
  const MessageReader& request = connection.request;
  if (request.stream_plan().empty()) {
    Send(connection, answers_.Whole(request.body_bytes()));
    if (request.closes()) connection.channel.Close();
    return;
  }
  const auto plan = StreamPlan::Parse(request.stream_plan());
  if (!plan || connection.stream.chunks != 0) {
    connection.channel.Close();
    return;
  }
  connection.stream = *plan;
  connection.sent_chunks = 0;
  SendNextChunk(connection, Now());
}

void MockServer::SendNextChunk(Connection& connection, int64_t due) {
  const uint32_t sequence = connection.sent_chunks++;
  const std::string_view event = answers_.StreamEvent({.sequence = sequence, .sent = Now()});
  if (sequence == 0) {
    Send(connection, answers_.StreamHead(), event);
  } else if (sequence < connection.stream.chunks) {
    Send(connection, event);
  } else {
    Send(connection, answers_.StreamEnd());
    connection.stream = {};
    return;
  }
  due_.push({due + connection.stream.interval_us * 1000LL, connection.id});
}

void MockServer::SendDueChunks() {
  while (!due_.empty() && due_.top().time <= Now()) {
    const Due due = due_.top();
    due_.pop();
    Connection* connection = Find(due.connection);
    if (!connection) continue;
    SendNextChunk(*connection, due.time);
    if (!connection->channel.open()) Close(*connection);
  }
}

void MockServer::Send(Connection& connection, std::string_view first, std::string_view second) {
  // Over TLS two pieces would be two records.
  if (connection.unsent.empty() && (second.empty() || connection.channel.ShortReadIsDrained())) {
    const ptrdiff_t sent = connection.channel.Write(first, second);
    if (sent < 0) {
      connection.channel.Close();
      return;
    }
    size_t done = static_cast<size_t>(sent);
    if (done == first.size() + second.size()) return;
    const size_t of_first = std::min(done, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(done - of_first);
  }
  connection.unsent.append(first).append(second);
  Flush(connection);
}

void MockServer::Flush(Connection& connection) {
  while (!connection.unsent.empty()) {
    const ptrdiff_t sent = connection.channel.Write(connection.unsent);
    if (sent < 0) {
      connection.channel.Close();
      return;
    }
    if (sent == 0) break;
    connection.unsent.erase(0, static_cast<size_t>(sent));
  }
  const bool wants_write = !connection.unsent.empty() && connection.channel.BlockedForRoom();
  if (wants_write == connection.wants_write) return;
  connection.wants_write = wants_write;
  poller_.Change(connection.channel.fd(), EPOLLIN | EPOLLRDHUP | (wants_write ? EPOLLOUT : 0U),
                 TagOf(connection.id));
}

}  // namespace llmgw::bench

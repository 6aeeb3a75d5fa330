#include "tests/bench/load/client_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tests/bench/wire/clock.h"

namespace llmgw::bench {
namespace {

// Clients come from many loopback addresses: one has too few ports for a run of short connections.
in_addr_t NextSource() {
  static uint32_t next = 0;
  return htonl((127U << 24) + (1U << 16) + 1 + next++ % 200);
}

}  // namespace

bool ClientConnection::Connect() {
  Handle socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.open()) return false;
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  // The port is chosen at connect, where only the pair of ends must be unique.
  setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = NextSource();
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (bind(socket.get(), generic, sizeof(address)) != 0) return false;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(context_.options.port);
  if (connect(socket.get(), generic, sizeof(address)) != 0 && errno != EINPROGRESS) return false;
  const int fd = socket.get();
  channel_ = Channel(std::move(socket), context_.tls, Channel::Side::kClient);
  context_.poller.Add(fd, EPOLLIN, tag_);
  wants_write_ = false;
  fresh_ = true;
  return true;
}

void ClientConnection::Start(int64_t intended) {
  busy_ = true;
  intended_ = intended;
  answer_.Restart();
  body_.clear();
  stream_.Begin(context_.options.stream.chunks);
  if (!channel_.open() && !Connect()) {
    Fail(std::string("cannot connect: ") + std::strerror(errno));
    return;
  }
  rest_ = context_.source.Next(head_);
  head_sent_ = 0;
  Send();
}

void ClientConnection::Send() {
  while (head_sent_ < head_.size() || !rest_.empty()) {
    const std::string_view first = std::string_view(head_).substr(head_sent_);
    const ptrdiff_t sent = channel_.Write(first, rest_);
    if (sent == 0) {
      WantWrite(channel_.BlockedForRoom());
      return;
    }
    if (sent < 0) {
      // A server may answer and close before it has all; what it said is more telling.
      if (answer_.untouched()) Fail("cannot send");
      return;
    }
    const size_t of_first = std::min(static_cast<size_t>(sent), first.size());
    head_sent_ += of_first;
    rest_.remove_prefix(static_cast<size_t>(sent) - of_first);
  }
  WantWrite(false);
}

void ClientConnection::WantWrite(bool wanted) {
  if (wanted == wants_write_) return;
  wants_write_ = wanted;
  context_.poller.Change(channel_.fd(), EPOLLIN | (wanted ? EPOLLOUT : 0U), tag_);
}

void ClientConnection::OnReady() {
  if (!channel_.open()) return;
  const bool unsent = busy_ && (head_sent_ < head_.size() || !rest_.empty());
  if (unsent) Send();
  if (channel_.open()) Receive();
}

void ClientConnection::Receive() {
  std::string& buffer = context_.buffer;
  for (;;) {
    const ptrdiff_t got = channel_.Read(buffer.data(), buffer.size());
    if (got == 0) return;
    if (got < 0) {
      OnEnd();
      return;
    }
    const size_t size = static_cast<size_t>(got);
    if (!TakeBytes(std::string_view(buffer).substr(0, size), Now())) return;
    if (size < buffer.size() && channel_.ShortReadIsDrained()) return;
  }
}

// False when reading must not go on.
bool ClientConnection::TakeBytes(std::string_view bytes, int64_t now) {
  if (!busy_) {
    Fail("bytes after the end of the answer");
    return false;
  }
  const bool streamed = context_.options.stream.chunks != 0;
  const size_t used = answer_.Feed(bytes, [&](std::string_view body) {
    if (streamed && answer_.status() == 200) {
      stream_.Feed(body,
                   [&](const ChunkStamp& stamp) { context_.owner.OnChunk(*this, stamp, now); });
    } else {
      body_.append(body);
    }
  });
  if (answer_.state() == MessageReader::State::kBroken) {
    Fail("the answer is not HTTP");
    return false;
  }
  if (stream_.fault()) {
    Fail(stream_.fault());
    return false;
  }
  if (!answer_.done()) return true;
  if (used != bytes.size()) {
    Fail("bytes after the end of the answer");
    return false;
  }
  FinishAnswer();
  return false;  // a next request may be under way
}

std::string ClientConnection::AnswerFault() const {
  if (answer_.status() != 200) {
    return "status " + std::to_string(answer_.status()) + ": " + body_.substr(0, 200);
  }
  if (context_.options.stream.chunks != 0) {
    const char* fault = stream_.FaultAtEnd();
    return fault ? fault : "";
  }
  const size_t mark = body_.find(kReceivedMark);
  if (mark == std::string::npos) return "the answer is not the mock's";
  const std::string_view digits = std::string_view(body_).substr(mark + kReceivedMark.size());
  const auto received = ReadDigits(digits, kReceivedDigits);
  if (received != context_.source.body_bytes()) return "the mock got a body of another size";
  return "";
}

void ClientConnection::FinishAnswer() {
  const std::string fault = AnswerFault();
  if (!fault.empty()) {
    Fail(fault);
    return;
  }
  if (answer_.closes() || context_.options.new_connections) channel_.Close();
  fresh_ = false;
  busy_ = false;
  context_.owner.OnAnswer(*this);
}

void ClientConnection::OnEnd() {
  if (!busy_) {
    channel_.Close();  // an idle connection may go at any time
    return;
  }
  if (answer_.untouched() && !fresh_) {
    // The server closed an idle connection just as the request was sent; clients send it again.
    channel_.Close();
    busy_ = false;
    Start(intended_);
    return;
  }
  answer_.FeedEnd();
  if (answer_.done()) {
    FinishAnswer();
  } else {
    Fail("the connection was cut");
  }
}

void ClientConnection::Fail(const std::string& what) {
  channel_.Close();
  busy_ = false;
  context_.owner.OnFault(*this, what);
}

}  // namespace llmgw::bench

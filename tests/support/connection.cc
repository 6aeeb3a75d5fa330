#include "tests/support/connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace llmgw::test {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::string TlsErrorText() {
  std::array<char, 256> text{};
  const unsigned long code = ERR_get_error();
  if (code == 0) return "connection closed during the handshake";
  ERR_error_string_n(code, text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

sockaddr_in LoopbackAddress(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int TryConnect(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return -1;
  sockaddr_in peer = LoopbackAddress(std::stoi(address.substr(colon + 1)));
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&peer), sizeof peer) == 0) return fd;
  close(fd);
  return -1;
}

}  // namespace

Connection::Connection(int fd) : fd_(fd) {
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

Connection::Connection(Connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      ssl_(std::move(other.ssl_)),
      tls_error_(std::move(other.tls_error_)),
      buffer_(std::move(other.buffer_)),
      total_(other.total_),
      arrivals_(std::move(other.arrivals_)) {}

Connection::~Connection() { Close(); }

bool Connection::StartTlsServer(SSL_CTX* context) {
  return Handshake(context, {}, nullptr, SSL_accept);
}

bool Connection::StartTlsClient(SSL_CTX* context, const std::string& server_name,
                                SSL_SESSION* session) {
  return Handshake(context, server_name, session, SSL_connect);
}

bool Connection::Handshake(SSL_CTX* context, const std::string& server_name, SSL_SESSION* session,
                           int (*step)(SSL*)) {
  ssl_.reset(SSL_new(context));
  SSL_set_fd(ssl_.get(), fd_);
  if (session != nullptr) SSL_set_session(ssl_.get(), session);
  if (!server_name.empty()) {
    SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
    SSL_set1_host(ssl_.get(), server_name.c_str());
  }
  const auto deadline = SteadyClock::now() + kPatience;
  while (true) {
    const int result = step(ssl_.get());
    if (result == 1) return true;
    const int error = SSL_get_error(ssl_.get(), result);
    const bool wants = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    if (wants && Poll(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) continue;
    tls_error_ = wants ? "handshake timed out" : TlsErrorText();
    return false;
  }
}

bool Connection::Poll(short events, SteadyClock::time_point deadline) const {
  pollfd entry{fd_, events, 0};
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
  return poll(&entry, 1, static_cast<int>(std::max<int64_t>(0, left.count()))) > 0;
}

bool Connection::Write(std::string_view bytes, std::chrono::milliseconds bound) {
  while (!bytes.empty()) {
    ssize_t n = 0;
    if (ssl_) {
      n = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
      if (n <= 0 && SSL_get_error(ssl_.get(), static_cast<int>(n)) != SSL_ERROR_WANT_WRITE) {
        return false;
      }
    } else {
      n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0 && errno != EAGAIN && errno != EINTR) return false;
    }
    if (n > 0) {
      bytes.remove_prefix(static_cast<size_t>(n));
    } else if (!Poll(POLLOUT, SteadyClock::now() + bound)) {
      return false;
    }
  }
  return true;
}

Connection::Event Connection::ReadMore(std::chrono::milliseconds bound) {
  const auto deadline = SteadyClock::now() + bound;
  std::array<char, 64 * 1024> chunk;
  while (fd_ >= 0) {
    ssize_t n = 0;
    bool again = false;
    if (ssl_) {
      n = SSL_read(ssl_.get(), chunk.data(), static_cast<int>(chunk.size()));
      const int error = n > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), static_cast<int>(n));
      again = error == SSL_ERROR_WANT_READ;
      if (error == SSL_ERROR_ZERO_RETURN) return Event::kEnd;
    } else {
      n = recv(fd_, chunk.data(), chunk.size(), 0);
      again = n < 0 && (errno == EAGAIN || errno == EINTR);
      if (n == 0) return Event::kEnd;
    }
    if (n > 0) {
      buffer_.append(chunk.data(), static_cast<size_t>(n));
      total_ += static_cast<size_t>(n);
      arrivals_.push_back({SteadyClock::now(), total_});
      return Event::kData;
    }
    if (!again) return Event::kReset;
    if (!Poll(POLLIN, deadline)) return Event::kTimeout;
  }
  return Event::kEnd;
}

std::string Connection::TakeThrough(std::string_view text, std::chrono::milliseconds bound) {
  size_t at = 0;
  while ((at = buffer_.find(text)) == std::string::npos) {
    if (ReadMore(bound) != Event::kData) return {};
  }
  return Take(at + text.size(), bound);
}

std::string Connection::Take(size_t n, std::chrono::milliseconds bound) {
  while (buffer_.size() < n && ReadMore(bound) == Event::kData) {
  }
  const size_t size = std::min(n, buffer_.size());
  std::string taken = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return taken;
}

std::string Connection::TakeToEnd(Event* how, std::chrono::milliseconds bound) {
  Event event = Event::kData;
  while ((event = ReadMore(bound)) == Event::kData) {
  }
  if (how != nullptr) *how = event;
  return std::exchange(buffer_, {});
}

bool Connection::WaitForClose(std::chrono::milliseconds bound) {
  const auto deadline = SteadyClock::now() + bound;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::max(deadline - SteadyClock::now(), SteadyClock::duration::zero()));
    const Event event = ReadMore(left);
    if (event != Event::kData) return event != Event::kTimeout;
  }
}

void Connection::ShutdownWrite() { shutdown(fd_, SHUT_WR); }

void Connection::Close() {
  if (fd_ < 0) return;
  if (ssl_ && SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
  ssl_.reset();
  ERR_clear_error();
  close(std::exchange(fd_, -1));
}

void Connection::Reset() {
  if (fd_ < 0) return;
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ssl_.reset();
  close(std::exchange(fd_, -1));
}

Connection ConnectTo(const std::string& address) {
  const int fd = TryConnect(address);
  if (fd < 0) throw std::runtime_error("nobody listens on " + address);
  return Connection(fd);
}

bool CanConnect(const std::string& address) {
  const int fd = TryConnect(address);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

Listener ListenOnLoopback(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = LoopbackAddress(port);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 512) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    close(fd);
    throw std::runtime_error("cannot listen on a loopback port");
  }
  return {fd, ntohs(address.sin_port)};
}

}  // namespace llmgw::test

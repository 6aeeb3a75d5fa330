#include "dataplane/net/connector.h"

#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace llmgw::net {
namespace {

Connected Failed(ConnectFailure failure, std::string error) {
  return {nullptr, failure, {}, std::move(error)};
}

Connected Interrupted(Wake wake, const std::string& what) {
  switch (wake) {
    case Wake::kPeerGone:
      return Failed(ConnectFailure::kPeerGone, "the client left while connecting");
    case Wake::kCancelled:
      return Failed(ConnectFailure::kCancelled, "cancelled while connecting");
    case Wake::kTimeout:
    case Wake::kReady:
      break;
  }
  return Failed(ConnectFailure::kTimeout, what + " took too long");
}

Address WithPort(Address address, uint16_t port) {
  if (address.family() == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port = htons(port);
  }
  return address;
}

bool OutOfDescriptors() {
  const Fd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return !probe.valid() && (errno == EMFILE || errno == ENFILE);
}

LoopTime Deadline(const Waiter& waiter, const ConnectTarget& target) {
  return std::min(waiter.reactor().After(target.timeout), target.latest);
}

Task<Connected> ConnectTo(Waiter& waiter, Address address, const ConnectTarget& target) {
  Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) {
    const bool no_family = errno == EAFNOSUPPORT;
    co_return Failed(no_family ? ConnectFailure::kConnect : ConnectFailure::kNoSocket,
                     std::string("socket: ") + std::strerror(errno));
  }
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const LoopTime deadline = Deadline(waiter, target);
  const int started = ::connect(fd.get(), address.get(), address.length);
  if (started != 0 && errno != EINPROGRESS) {
    const bool no_port = errno == EADDRNOTAVAIL;
    co_return Failed(no_port ? ConnectFailure::kNoSocket : ConnectFailure::kConnect,
                     AddressText(address) + ": " + std::strerror(errno));
  }
  auto stream = std::make_unique<Stream>(waiter.reactor(), std::move(fd));
  if (started != 0) {
    const Wake wake =
        co_await WaitAny(waiter, &stream->descriptor(), kWritable | kHangup, nullptr, 0, deadline);
    if (wake != Wake::kReady) co_return Interrupted(wake, AddressText(address) + ": connecting");
    int error = 0;
    socklen_t length = sizeof(error);
    ::getsockopt(stream->descriptor().fd(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0)
      co_return Failed(ConnectFailure::kConnect,
                       AddressText(address) + ": " + std::strerror(error));
  }
  if (target.tls != nullptr) {
    if (!stream->StartTls(*target.tls, target.server_name)) {
      co_return Failed(ConnectFailure::kTls,
                       target.server_name + " can't be used as a TLS server name");
    }
    const IoResult shaken = co_await Handshake(waiter, *stream, deadline);
    if (shaken.status == IoStatus::kError || shaken.status == IoStatus::kEof) {
      co_return Failed(ConnectFailure::kTls, AddressText(address) + ": " + stream->tls()->error());
    }
    if (!shaken.ok())
      co_return Interrupted(waiter.wake(), AddressText(address) + ": the TLS handshake");
  }
  co_return Connected{std::move(stream), ConnectFailure::kNone, address, {}};
}

}  // namespace

Task<Connected> Connect(Waiter& waiter, Resolver& resolver, ConnectTarget target) {
  HostAddresses host = co_await Resolve(waiter, resolver, target.host, Deadline(waiter, target));
  if (host.addresses.empty()) {
    if (host.error.empty()) co_return Interrupted(waiter.wake(), target.host + ": the name lookup");
    // The resolver does not say whether it only lacked a socket to ask with.
    const ConnectFailure failure =
        OutOfDescriptors() ? ConnectFailure::kNoSocket : ConnectFailure::kResolve;
    co_return Failed(failure, target.host + ": " + host.error);
  }
  Connected outcome;
  for (const Address& address : host.addresses) {
    outcome = co_await ConnectTo(waiter, WithPort(address, target.port), target);
    if (outcome.stream != nullptr || outcome.failure == ConnectFailure::kPeerGone ||
        outcome.failure == ConnectFailure::kCancelled)
      break;
  }
  co_return outcome;
}

}  // namespace llmgw::net

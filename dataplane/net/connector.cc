#include "dataplane/net/connector.h"

#include <algorithm>
#include <cerrno>

#include "dataplane/net/address_guard.h"
#include "dataplane/net/connection_race.h"

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

// No other address would fare better.
bool IsFinal(ConnectFailure failure, const ProxyHop* proxy) {
  if (failure == ConnectFailure::kProxy) return proxy != nullptr && !proxy->why().empty();
  return failure == ConnectFailure::kPeerGone || failure == ConnectFailure::kCancelled;
}

std::string GuardedText(const std::string& host, const Address& address) {
  const std::string ip = IpText(address);
  return (host == ip ? ip + " is" : host + " is " + ip + ",") +
         " a link-local or cloud-metadata address; outbound.allow_addresses can allow it";
}

// With the ports, in the order to try; empty: none may be connected to.
std::vector<Address> AddressesToTry(const HostAddresses& host, const ConnectTarget& target) {
  static const IpRanges kNone;
  const IpRanges& allowed = target.allow_guarded != nullptr ? *target.allow_guarded : kNone;
  std::vector<Address> addresses = Interleaved(host.addresses);
  std::erase_if(addresses, [&](const Address& a) { return IsGuarded(a, allowed); });
  for (Address& address : addresses) address = WithPort(address, target.port);
  return addresses;
}

Connected FromPass(IoStatus status, const Waiter& waiter, const ProxyHop& proxy) {
  switch (status) {
    case IoStatus::kPeerGone:
    case IoStatus::kCancelled:
      return Interrupted(waiter.wake(), {});
    case IoStatus::kTimeout:
      return Failed(ConnectFailure::kProxy, "no answer to CONNECT in time");
    case IoStatus::kEof:
      return Failed(ConnectFailure::kProxy, "closed the connection instead of answering CONNECT");
    case IoStatus::kOk:
    case IoStatus::kAgain:
    case IoStatus::kError:
      break;
  }
  return Failed(ConnectFailure::kProxy, proxy.why());
}

// From TCP to where the first request goes.
Task<Connected> Prepare(Waiter& waiter, Connected connected, LoopTime deadline,
                        const ConnectTarget& target) {
  Stream& stream = *connected.stream;
  const std::string address = AddressText(connected.peer);
  if (target.proxy != nullptr) {
    const IoStatus passed = co_await target.proxy->Pass(waiter, stream, deadline);
    if (passed != IoStatus::kOk) co_return FromPass(passed, waiter, *target.proxy);
  }
  if (target.tls == nullptr) co_return connected;
  if (!stream.StartTls(*target.tls, target.server_name)) {
    co_return Failed(ConnectFailure::kTls,
                     target.server_name + " can't be used as a TLS server name");
  }
  const IoResult shaken = co_await Handshake(waiter, stream, deadline);
  if (shaken.status == IoStatus::kError || shaken.status == IoStatus::kEof)
    co_return Failed(ConnectFailure::kTls, address + ": " + stream.tls()->error());
  // The proxy had let us through.
  if (shaken.status == IoStatus::kTimeout && target.proxy != nullptr)
    co_return Failed(ConnectFailure::kTls, "the TLS handshake through the proxy took too long");
  if (!shaken.ok()) co_return Interrupted(waiter.wake(), address + ": the TLS handshake");
  co_return connected;
}

// What fails before the proxy has let us through is the proxy's fault, not the upstream's.
Connected Blamed(Connected failed, const ConnectTarget& target) {
  if (target.proxy == nullptr) return failed;
  switch (failed.failure) {
    case ConnectFailure::kResolve:
    case ConnectFailure::kConnect:
    case ConnectFailure::kTimeout:
      failed.failure = ConnectFailure::kProxy;
      [[fallthrough]];
    case ConnectFailure::kProxy:
    case ConnectFailure::kGuarded:
      failed.error = "proxy " + target.proxy->name() + ": " + failed.error;
      break;
    case ConnectFailure::kNone:
    case ConnectFailure::kTls:
    case ConnectFailure::kNoSocket:
    case ConnectFailure::kPeerGone:
    case ConnectFailure::kCancelled:
      break;
  }
  return failed;
}

}  // namespace

Task<Connected> Connect(Waiter& waiter, Resolver& resolver, ConnectTarget target) {
  const HostAddresses host =
      co_await Resolve(waiter, resolver, target.host, target.dns, Deadline(waiter, target));
  if (host.addresses.empty()) {
    if (host.error.empty()) {
      co_return Blamed(Interrupted(waiter.wake(), target.host + ": the name lookup"), target);
    }
    // The resolver does not say whether it only lacked a socket to ask with.
    const ConnectFailure failure =
        OutOfDescriptors() ? ConnectFailure::kNoSocket : ConnectFailure::kResolve;
    co_return Blamed(Failed(failure, target.host + ": " + host.error), target);
  }
  std::vector<Address> addresses = AddressesToTry(host, target);
  if (addresses.empty()) {
    co_return Blamed(
        Failed(ConnectFailure::kGuarded, GuardedText(target.host, host.addresses.front())), target);
  }
  ConnectionRace race(waiter, std::move(addresses), target.timeout, target.latest);
  while (true) {
    ConnectionRace::Winner winner = co_await race.Next();
    if (winner.connected.stream == nullptr) {
      co_return Blamed(std::move(winner.connected), target);
    }
    Connected outcome =
        co_await Prepare(waiter, std::move(winner.connected), winner.deadline, target);
    if (outcome.stream != nullptr) co_return outcome;
    if (IsFinal(outcome.failure, target.proxy)) co_return Blamed(std::move(outcome), target);
    race.Lost(std::move(outcome));
  }
}

}  // namespace llmgw::net

#include "dataplane/net/connection_race.h"

#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace llmgw::net {
namespace {

// RFC 8305 5, "Connection Attempt Delay".
constexpr Millis kStagger{250};

Connected Failed(ConnectFailure failure, const Address& address, const std::string& why) {
  return {nullptr, failure, address, AddressText(address) + ": " + why};
}

}  // namespace

// co_await: until one of the runners is connected or has failed, or `deadline`.
class RaceReady final : public WaitOp {
 public:
  RaceReady(Waiter& waiter, std::vector<ConnectionRace::Runner>& runners, LoopTime deadline)
      : waiter_(waiter), runners_(runners), deadline_(deadline) {}
  bool await_ready() { return TryComplete(); }
  bool await_suspend(std::coroutine_handle<> handle) {
    suspended_ = true;
    if (!waiter_.Arm(*this, handle, nullptr, 0, nullptr, 0, deadline_)) return false;
    for (const auto& runner : runners_) waiter_.Watch(runner.stream->descriptor(), kEvents);
    return true;
  }
  Wake await_resume() {
    if (!suspended_) return Wake::kReady;
    for (const auto& runner : runners_) waiter_.Forget(runner.stream->descriptor());
    return waiter_.wake();
  }
  bool TryComplete() override {
    return std::any_of(runners_.begin(), runners_.end(), [](const auto& runner) {
      return runner.stream->descriptor().ready(kEvents);
    });
  }

  static constexpr uint8_t kEvents = kWritable | kHangup;

 private:
  Waiter& waiter_;
  std::vector<ConnectionRace::Runner>& runners_;
  LoopTime deadline_;
  bool suspended_ = false;
};

std::vector<Address> Interleaved(const std::vector<Address>& addresses) {
  std::vector<Address> v6, v4, out;
  for (const Address& address : addresses) {
    (address.family() == AF_INET6 ? v6 : v4).push_back(address);
  }
  out.reserve(addresses.size());
  for (size_t i = 0; i < std::max(v6.size(), v4.size()); ++i) {
    if (i < v6.size()) out.push_back(v6[i]);
    if (i < v4.size()) out.push_back(v4[i]);
  }
  return out;
}

void ConnectionRace::StartNext() {
  const Address& address = addresses_[next_++];
  next_start_ = 0;  // should this one fail at once
  Reactor& reactor = waiter_.reactor();
  Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) {
    const bool no_family = errno == EAFNOSUPPORT;
    return Lost({nullptr, no_family ? ConnectFailure::kConnect : ConnectFailure::kNoSocket, address,
                 std::string("socket: ") + std::strerror(errno)});
  }
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (::connect(fd.get(), address.get(), address.length) != 0 && errno != EINPROGRESS) {
    const bool no_port = errno == EADDRNOTAVAIL;
    return Lost(Failed(no_port ? ConnectFailure::kNoSocket : ConnectFailure::kConnect, address,
                       std::strerror(errno)));
  }
  const LoopTime deadline = std::min(reactor.After(timeout_), latest_);
  runners_.push_back({std::make_unique<Stream>(reactor, std::move(fd)), address, deadline});
  next_start_ = reactor.After(kStagger);
}

bool ConnectionRace::TakeConnected(Winner& winner) {
  for (size_t i = 0; i < runners_.size();) {
    Runner& runner = runners_[i];
    Descriptor& descriptor = runner.stream->descriptor();
    if (!descriptor.ready(RaceReady::kEvents)) {
      ++i;
      continue;
    }
    int error = 0;
    socklen_t length = sizeof(error);
    ::getsockopt(descriptor.fd(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error == 0) {
      winner = {{std::move(runner.stream), ConnectFailure::kNone, runner.address, {}},
                runner.deadline};
    } else {
      Lost(Failed(ConnectFailure::kConnect, runner.address, std::strerror(error)));
      next_start_ = 0;
    }
    runners_.erase(runners_.begin() + static_cast<std::ptrdiff_t>(i));
    if (error == 0) return true;
  }
  return false;
}

void ConnectionRace::DropLate() {
  const LoopTime now = waiter_.reactor().now();
  std::erase_if(runners_, [&](const Runner& runner) {
    if (runner.deadline > now) return false;
    Lost(Failed(ConnectFailure::kTimeout, runner.address, "connecting took too long"));
    return true;
  });
}

LoopTime ConnectionRace::NextEvent() const {
  LoopTime next = next_ < addresses_.size() ? std::min(next_start_, latest_) : kNever;
  for (const Runner& runner : runners_) next = std::min(next, runner.deadline);
  return next;
}

Task<ConnectionRace::Winner> ConnectionRace::Next() {
  Winner winner;
  while (true) {
    if (TakeConnected(winner)) co_return winner;
    DropLate();
    const LoopTime now = waiter_.reactor().now();
    const bool more = next_ < addresses_.size() && now < latest_;
    if (more && (runners_.empty() || now >= next_start_)) {
      StartNext();
      continue;
    }
    if (runners_.empty()) {
      winner.connected = std::move(failure_);
      if (winner.connected.failure == ConnectFailure::kNone) {
        winner.connected = Failed(ConnectFailure::kTimeout, addresses_.back(), "no time was left");
      }
      co_return winner;
    }
    const Wake wake = co_await RaceReady(waiter_, runners_, NextEvent());
    if (wake == Wake::kPeerGone || wake == Wake::kCancelled) {
      const bool gone = wake == Wake::kPeerGone;
      winner.connected = {nullptr,
                          gone ? ConnectFailure::kPeerGone : ConnectFailure::kCancelled,
                          {},
                          gone ? "the client left while connecting" : "cancelled while connecting"};
      co_return winner;
    }
  }
}

}  // namespace llmgw::net

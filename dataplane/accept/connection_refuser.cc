#include "dataplane/accept/connection_refuser.h"

#include <sys/socket.h>

#include <array>
#include <utility>

#include "dataplane/net/stream.h"

namespace llmgw::accept {
namespace {

constexpr net::Millis kPatience{1'000};
constexpr size_t kMostDroppedBytes = 1 << 20;

}  // namespace

void ConnectionRefuser::Refuse(net::Fd fd) {
  if (waiting_.size() >= kMostAtOnce) return RefuseNow(std::move(fd));
  tasks_.Spawn(Serve(std::move(fd)));
}

void ConnectionRefuser::RefuseNow(net::Fd fd) const {
  (void)::send(fd.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(fd.get(), SHUT_WR);
  // What has come already would turn the close into a reset.
  std::array<char, 16 * 1024> dropped;
  (void)::recv(fd.get(), dropped.data(), dropped.size(), MSG_DONTWAIT);
}

net::Task<void> ConnectionRefuser::Serve(net::Fd fd) {
  net::Stream stream(reactor_, std::move(fd));
  waiting_.emplace_front(reactor_);
  const auto self = waiting_.begin();
  net::Waiter& waiter = *self;
  const net::LoopTime deadline = reactor_.After(kPatience);
  // An answer that comes before the request confuses some clients.
  net::IoResult read = co_await net::Read(waiter, stream, reactor_.read_buffer(), deadline);
  if (read.ok() || read.status == net::IoStatus::kTimeout) {
    const iovec part = net::Part(answer_);
    (void)stream.TryWrite({&part, 1});
    stream.ShutdownWrite();
    size_t dropped = 0;
    while (read.ok() && dropped < kMostDroppedBytes) {
      dropped += read.bytes;
      read = co_await net::Read(waiter, stream, reactor_.read_buffer(), deadline);
    }
  }
  waiting_.erase(self);
}

void ConnectionRefuser::CancelAll() {
  // Each ends at once, and takes itself off the list.
  while (!waiting_.empty()) waiting_.front().Cancel();
}

}  // namespace llmgw::accept

#include "dataplane/net/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace llmgw::net {
namespace {

IoStatus FromErrno() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? IoStatus::kAgain
                                                                   : IoStatus::kError;
}

size_t TotalBytes(std::span<const iovec> parts) {
  size_t total = 0;
  for (const iovec& part : parts) total += part.iov_len;
  return total;
}

}  // namespace

IoStatus ToStatus(Wake wake) {
  switch (wake) {
    case Wake::kReady:
      return IoStatus::kOk;
    case Wake::kTimeout:
      return IoStatus::kTimeout;
    case Wake::kPeerGone:
      return IoStatus::kPeerGone;
    case Wake::kCancelled:
      return IoStatus::kCancelled;
  }
  return IoStatus::kError;
}

Stream::Stream(Reactor& reactor, Fd fd) : descriptor_(reactor, std::move(fd)) {}

Stream::~Stream() {
  // A cut answer must not look as if it had ended in order.
  if (tls_ != nullptr && !resets_on_close_) tls_->Shutdown();
}

bool Stream::StartTls(const TlsClientContext& context, const std::string& server_name) {
  tls_ = TlsSession::Client(context, server_name, descriptor_);
  return tls_ != nullptr;
}

bool Stream::StartTls(const TlsServerContext& context) {
  tls_ = TlsSession::Server(context, descriptor_);
  return tls_ != nullptr;
}

IoResult Stream::TryRead(std::span<char> bytes) {
  if (tls_ != nullptr) return tls_->TryRead(bytes);
  if (!descriptor_.ready(kReadable)) return {IoStatus::kAgain, 0};
  const ssize_t n = ::recv(descriptor_.fd(), bytes.data(), bytes.size(), 0);
  if (n > 0) {
    // A short read has drained the socket; after a hang-up the end of file is still to be read.
    if (static_cast<size_t>(n) < bytes.size() && !descriptor_.hung_up())
      descriptor_.ClearReady(kReadable);
    return {IoStatus::kOk, static_cast<size_t>(n)};
  }
  if (n == 0) return {IoStatus::kEof, 0};
  const IoStatus status = FromErrno();
  if (status == IoStatus::kAgain) descriptor_.ClearReady(kReadable);
  return {status, 0};
}

IoResult Stream::TryWrite(std::span<const iovec> parts) {
  if (tls_ != nullptr) return tls_->TryWrite(parts);
  if (!descriptor_.ready(kWritable)) return {IoStatus::kAgain, 0};
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  const ssize_t n = ::sendmsg(descriptor_.fd(), &message, MSG_NOSIGNAL);
  if (n >= 0) {
    if (static_cast<size_t>(n) < TotalBytes(parts)) descriptor_.ClearReady(kWritable);
    return {IoStatus::kOk, static_cast<size_t>(n)};
  }
  const IoStatus status = FromErrno();
  if (status == IoStatus::kAgain) descriptor_.ClearReady(kWritable);
  return {status, 0};
}

IoResult Stream::TryPeek(std::span<char> bytes) {
  if (tls_ != nullptr) return tls_->TryPeek(bytes);
  if (!descriptor_.ready(kReadable)) return {IoStatus::kAgain, 0};
  const ssize_t n = ::recv(descriptor_.fd(), bytes.data(), bytes.size(), MSG_PEEK);
  if (n > 0) return {IoStatus::kOk, static_cast<size_t>(n)};
  if (n == 0) return {IoStatus::kEof, 0};
  const IoStatus status = FromErrno();
  if (status == IoStatus::kAgain) descriptor_.ClearReady(kReadable);
  return {status, 0};
}

bool Stream::HasInput() {
  char byte = 0;
  return TryPeek({&byte, 1}).status != IoStatus::kAgain;
}

void Stream::ShutdownWrite() {
  if (tls_ != nullptr) tls_->Shutdown();
  ::shutdown(descriptor_.fd(), SHUT_WR);
}

void Stream::ResetOnClose() {
  resets_on_close_ = true;
  const linger abort{1, 0};
  ::setsockopt(descriptor_.fd(), SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
}

bool Read::await_suspend(std::coroutine_handle<> handle) {
  if (waiter_.Arm(*this, handle, &stream_.descriptor(), stream_.read_interest(), nullptr, 0,
                  deadline_))
    return true;
  result_ = {ToStatus(waiter_.wake()), 0};
  return false;
}

IoResult Read::await_resume() const {
  if (result_.status != IoStatus::kAgain) return result_;
  return {ToStatus(waiter_.wake()), 0};
}

bool PendingWrite::TryComplete() {
  result_.status = IoStatus::kOk;
  while (!rest_.empty()) {
    const iovec part = Part(rest_);
    result_ = stream_.TryWrite({&part, 1});
    if (result_.status != IoStatus::kOk) break;
    rest_.remove_prefix(result_.bytes);
    written_ += result_.bytes;
  }
  result_.bytes = written_;
  stopped_ = result_.status == IoStatus::kAgain && stop_ != nullptr && stop_(stream_);
  return result_.status != IoStatus::kAgain || stopped_;
}

bool PendingWrite::await_suspend(std::coroutine_handle<> handle) {
  uint8_t interest = stream_.write_interest();
  if (stop_ != nullptr) interest |= kReadable;
  if (waiter_.Arm(*this, handle, &stream_.descriptor(), interest, nullptr, 0, deadline_))
    return true;
  result_ = {ToStatus(waiter_.wake()), written_};
  return false;
}

IoResult PendingWrite::await_resume() const {
  if (result_.status != IoStatus::kAgain || stopped_) return result_;
  return {ToStatus(waiter_.wake()), written_};
}

Write::~Write() {
  if (!kept_.empty()) waiter_.reactor().FreeMemory(kept_.size());
}

bool Write::await_ready() {
  const size_t total = TotalBytes(parts_);
  if (total == 0) return true;
  // The first try gathers; almost always it is the only one.
  result_ = stream_.TryWrite(parts_);
  if (result_.status == IoStatus::kError) return true;
  written_ = result_.bytes;
  if (written_ == total) {
    result_ = {IoStatus::kOk, written_};
    return true;
  }
  KeepRest();
  return TryComplete();
}

void Write::KeepRest() {
  size_t skip = written_;
  kept_.reserve(TotalBytes(parts_) - written_);
  for (const iovec& part : parts_) {
    const size_t here = std::min(skip, part.iov_len);
    skip -= here;
    kept_.append(static_cast<const char*>(part.iov_base) + here, part.iov_len - here);
  }
  rest_ = kept_;
  waiter_.reactor().HoldMemory(kept_.size());
}

bool Handshake::await_suspend(std::coroutine_handle<> handle) {
  const uint8_t interest = stream_.read_interest();
  if (waiter_.Arm(*this, handle, &stream_.descriptor(), interest, nullptr, 0, deadline_))
    return true;
  result_ = {ToStatus(waiter_.wake()), 0};
  return false;
}

IoResult Handshake::await_resume() const {
  if (result_.status != IoStatus::kAgain) return result_;
  return {ToStatus(waiter_.wake()), 0};
}

}  // namespace llmgw::net

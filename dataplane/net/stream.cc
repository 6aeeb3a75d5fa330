#include "dataplane/net/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <climits>

#include "dataplane/net/address.h"
#include "dataplane/net/tls_client_context.h"

namespace llmgw::net {
namespace {

// One SSL_write takes one buffer: small parts are joined up to this size so that a head and its
// body share a TLS record.
constexpr size_t kTlsJoinBytes = 16 * 1024;

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

void Stream::SslDeleter::operator()(ssl_st* ssl) const { SSL_free(ssl); }

Stream::Stream(Reactor& reactor, Fd fd) : descriptor_(reactor, std::move(fd)) {}

Stream::~Stream() {
  // Says goodbye without waiting for the answer; a peer that is gone does not mind.
  if (ssl_ != nullptr && SSL_is_init_finished(ssl_.get()) != 0) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
}

bool Stream::StartTls(const TlsClientContext& context, const std::string& server_name) {
  ssl_.reset(SSL_new(context.get()));
  if (ssl_ == nullptr) return false;
  SSL_set_fd(ssl_.get(), descriptor_.fd());
  SSL_set_connect_state(ssl_.get());
  if (IsIpLiteral(server_name)) {
    // RFC 6066 3: IP addresses are not sent as SNI; the certificate's iPAddress entries are
    // checked.
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), server_name.c_str()) == 1;
  }
  return SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str()) == 1 &&
         SSL_set1_host(ssl_.get(), server_name.c_str()) == 1;
}

IoResult Stream::TryHandshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return {};
  const IoResult failure = FromSsl(result);
  if (failure.status == IoStatus::kError) {
    const long verified = SSL_get_verify_result(ssl_.get());
    const unsigned long code = ERR_peek_last_error();
    if (verified != X509_V_OK) {
      tls_error_ =
          std::string("certificate not accepted: ") + X509_verify_cert_error_string(verified);
    } else if (code != 0) {
      const char* reason = ERR_reason_error_string(code);
      tls_error_ = reason != nullptr ? reason : "handshake failed";
    } else {
      tls_error_ = "connection closed during the TLS handshake";
    }
  }
  return failure;
}

std::string Stream::TlsError() const { return tls_error_; }

IoResult Stream::FromSsl(int result) {
  want_read_ = want_write_ = false;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      want_read_ = true;
      descriptor_.ClearReady(descriptor_.hung_up() ? 0 : kReadable);
      return {descriptor_.hung_up() ? IoStatus::kError : IoStatus::kAgain, 0};
    case SSL_ERROR_WANT_WRITE:
      want_write_ = true;
      descriptor_.ClearReady(kWritable);
      return {IoStatus::kAgain, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {IoStatus::kEof, 0};
    default:
      return {IoStatus::kError, 0};
  }
}

IoResult Stream::TryRead(std::span<char> bytes) {
  if (ssl_ != nullptr) {
    if (!descriptor_.ready(kReadable) && SSL_pending(ssl_.get()) == 0) return {IoStatus::kAgain, 0};
    ERR_clear_error();
    const int n = SSL_read(ssl_.get(), bytes.data(),
                           static_cast<int>(std::min<size_t>(bytes.size(), INT_MAX)));
    if (n > 0) {
      want_read_ = want_write_ = false;
      return {IoStatus::kOk, static_cast<size_t>(n)};
    }
    return FromSsl(n);
  }
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
  if (ssl_ != nullptr) {
    ERR_clear_error();
    std::string_view single(static_cast<const char*>(parts[0].iov_base), parts[0].iov_len);
    std::array<char, kTlsJoinBytes> joined;
    if (parts.size() > 1 && single.size() < kTlsJoinBytes) {
      size_t used = 0;
      for (const iovec& part : parts) {
        const size_t take = std::min(part.iov_len, joined.size() - used);
        std::copy_n(static_cast<const char*>(part.iov_base), take, joined.data() + used);
        used += take;
      }
      single = {joined.data(), used};
    }
    if (single.empty()) return {IoStatus::kOk, 0};
    const int n = SSL_write(ssl_.get(), single.data(),
                            static_cast<int>(std::min<size_t>(single.size(), INT_MAX)));
    if (n > 0) {
      want_read_ = want_write_ = false;
      return {IoStatus::kOk, static_cast<size_t>(n)};
    }
    return FromSsl(n);
  }
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
  if (ssl_ != nullptr) {
    if (!descriptor_.ready(kReadable) && SSL_pending(ssl_.get()) == 0) return {IoStatus::kAgain, 0};
    // A write that waits for room must not be told to wait for bytes.
    const bool want_read = want_read_;
    const bool want_write = want_write_;
    ERR_clear_error();
    const int n = SSL_peek(ssl_.get(), bytes.data(),
                           static_cast<int>(std::min<size_t>(bytes.size(), INT_MAX)));
    const IoResult peeked = n > 0 ? IoResult{IoStatus::kOk, static_cast<size_t>(n)} : FromSsl(n);
    want_read_ = want_read;
    want_write_ = want_write;
    return peeked;
  }
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
  if (ssl_ != nullptr) SSL_shutdown(ssl_.get());
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

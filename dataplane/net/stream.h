#pragma once

#include <sys/uio.h>

#include <coroutine>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "dataplane/net/io_result.h"
#include "dataplane/net/reactor.h"

struct ssl_st;

namespace llmgw::net {

class TlsClientContext;

// One TCP connection, plain or under TLS. Belongs to its reactor's thread. The Try… functions never
// wait; the operations below wait.
class Stream {
 public:
  Stream(Reactor& reactor, Fd fd);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Descriptor& descriptor() { return descriptor_; }

  // Goes on as a TLS client; Handshake must complete before anything else. `server_name` is sent as
  // SNI and verified, as a DNS name or an IP address. False: OpenSSL has no memory.
  bool StartTls(const TlsClientContext& context, const std::string& server_name);
  bool tls() const { return ssl_ != nullptr; }
  // kOk when the handshake is done.
  IoResult TryHandshake();
  // Why the handshake failed, one line for people ("certificate has expired").
  std::string TlsError() const;

  // At most bytes.size(). kOk means at least one byte.
  IoResult TryRead(std::span<char> bytes);
  // Writes what the socket takes of the gathered parts; kAgain with bytes = 0 when it takes
  // nothing.
  IoResult TryWrite(std::span<const iovec> parts);

  // Whether a read would not wait: bytes, the end or an error are there. Where an event hints at
  // it, looks into the socket, and past TLS records that carry no content (session tickets).
  bool HasInput();

  // What to wait for after kAgain: TLS may need the other direction.
  uint8_t read_interest() const { return want_write_ ? kWritable : kReadable; }
  uint8_t write_interest() const { return want_read_ ? kReadable : kWritable; }

  // Half-closes: the peer sees the end of what was sent.
  void ShutdownWrite();
  // Makes close() reset the connection, so that the peer can't take a cut answer for a whole one.
  void ResetOnClose();
  bool resets_on_close() const { return resets_on_close_; }

 private:
  struct SslDeleter {
    void operator()(ssl_st* ssl) const;
  };
  IoResult FromSsl(int result);

  Descriptor descriptor_;
  std::unique_ptr<ssl_st, SslDeleter> ssl_;
  std::string tls_error_;
  bool want_read_ = false;
  bool want_write_ = false;
  bool resets_on_close_ = false;
};

// co_await Read(waiter, stream, buffer, deadline): at least one byte, or why not.
class Read final : public WaitOp {
 public:
  Read(Waiter& waiter, Stream& stream, std::span<char> buffer, LoopTime deadline)
      : waiter_(waiter), stream_(stream), buffer_(buffer), deadline_(deadline) {}
  bool await_ready() { return TryComplete(); }
  bool await_suspend(std::coroutine_handle<> handle);
  IoResult await_resume() const;
  bool TryComplete() override {
    result_ = stream_.TryRead(buffer_);
    return result_.status != IoStatus::kAgain;
  }

 private:
  Waiter& waiter_;
  Stream& stream_;
  std::span<char> buffer_;
  LoopTime deadline_;
  IoResult result_;
};

// What ends a Write that has to wait, besides its own end.
enum class WriteUntil : uint8_t {
  kWritten,  // nothing
  kInput,    // the peer says something before it took everything: kAgain
};

// co_await Write(waiter, stream, parts, deadline): everything, or why not. What the socket does not
// take at once is copied before waiting, so the parts may lie in the reactor's read buffer. `bytes`
// of the result counts what was written.
class Write final : public WaitOp {
 public:
  Write(Waiter& waiter, Stream& stream, std::span<const iovec> parts, LoopTime deadline,
        WriteUntil until = WriteUntil::kWritten)
      : waiter_(waiter), stream_(stream), parts_(parts), deadline_(deadline), until_(until) {}
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> handle);
  IoResult await_resume() const;
  bool TryComplete() override;

 private:
  void KeepRest();

  Waiter& waiter_;
  Stream& stream_;
  std::span<const iovec> parts_;
  LoopTime deadline_;
  WriteUntil until_;
  bool interrupted_ = false;
  size_t written_ = 0;
  std::string rest_;
  size_t rest_begin_ = 0;
  IoResult result_;
};

// co_await Handshake(waiter, stream, deadline)
class Handshake final : public WaitOp {
 public:
  Handshake(Waiter& waiter, Stream& stream, LoopTime deadline)
      : waiter_(waiter), stream_(stream), deadline_(deadline) {}
  bool await_ready() { return TryComplete(); }
  bool await_suspend(std::coroutine_handle<> handle);
  IoResult await_resume() const;
  bool TryComplete() override {
    result_ = stream_.TryHandshake();
    return result_.status != IoStatus::kAgain;
  }

 private:
  Waiter& waiter_;
  Stream& stream_;
  LoopTime deadline_;
  IoResult result_;
};

inline iovec Part(std::string_view bytes) {
  return {const_cast<char*>(bytes.data()), bytes.size()};
}

// Maps why a wait ended to the status of the operation that waited. REQUIRES: wake != kReady.
IoStatus ToStatus(Wake wake);

}  // namespace llmgw::net

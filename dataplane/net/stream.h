#pragma once

#include <sys/uio.h>

#include <coroutine>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "dataplane/net/io_result.h"
#include "dataplane/net/reactor.h"
#include "dataplane/net/tls_session.h"

namespace llmgw::net {

// One TCP connection, plain or under TLS. Belongs to its reactor's thread. The Try… functions never
// wait; the operations below wait.
class Stream {
 public:
  Stream(Reactor& reactor, Fd fd);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Descriptor& descriptor() { return descriptor_; }

  // Goes on as a TLS client or server; Handshake must complete before anything else. False: OpenSSL
  // has no memory. `server_name` is sent as SNI and verified, as a DNS name or an IP address.
  bool StartTls(const TlsClientContext& context, const std::string& server_name);
  // The context must live until the handshake is over.
  bool StartTls(const TlsServerContext& context);
  // Goes on in plaintext, without a goodbye: the handshake has failed.
  void DropTls() { tls_.reset(); }
  // Null: in plaintext.
  const TlsSession* tls() const { return tls_.get(); }
  // kOk when the handshake is done. REQUIRES: tls() != nullptr.
  IoResult TryHandshake() { return tls_->TryHandshake(); }

  // At most bytes.size(). kOk means at least one byte.
  IoResult TryRead(std::span<char> bytes);
  // Writes what the socket takes of the gathered parts; kAgain with bytes = 0 when it takes
  // nothing, or is known to take nothing since the last short write.
  IoResult TryWrite(std::span<const iovec> parts);

  // Like TryRead, but leaves the bytes where they are. For looking while something else is waited
  // for: read_interest and write_interest stay those of the last read, write or handshake.
  IoResult TryPeek(std::span<char> bytes);
  // Whether a read would not wait: bytes, the end or an error are there. Where an event hints at
  // it, looks into the socket, and past TLS records that carry no content (session tickets).
  bool HasInput();

  // What to wait for after kAgain: TLS may need the other direction.
  uint8_t read_interest() const {
    return tls_ != nullptr && tls_->wants_write() ? kWritable : kReadable;
  }
  uint8_t write_interest() const {
    return tls_ != nullptr && tls_->wants_read() ? kReadable : kWritable;
  }

  // Half-closes: the peer sees the end of what was sent.
  void ShutdownWrite();
  // Makes close() reset the connection, so that the peer can't take a cut answer for a whole one.
  void ResetOnClose();
  bool resets_on_close() const { return resets_on_close_; }

 private:
  Descriptor descriptor_;
  std::unique_ptr<TlsSession> tls_;
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

// What ends a write that has to wait, besides its own end: asked whenever the peer has sent
// something meanwhile. The write then ends with kAgain. Null: nothing does.
using WriteStop = bool (*)(Stream&);

// What the two ways of writing share.
class PendingWrite : public WaitOp {
 public:
  bool await_suspend(std::coroutine_handle<> handle);
  // `bytes` counts what was written.
  IoResult await_resume() const;
  bool TryComplete() final;

 protected:
  PendingWrite(Waiter& waiter, Stream& stream, std::string_view rest, LoopTime deadline,
               WriteStop stop)
      : waiter_(waiter), stream_(stream), rest_(rest), deadline_(deadline), stop_(stop) {}
  ~PendingWrite() = default;

  Waiter& waiter_;
  Stream& stream_;
  std::string_view rest_;
  LoopTime deadline_;
  WriteStop stop_;
  bool stopped_ = false;
  size_t written_ = 0;
  IoResult result_;
};

// co_await WriteHeld(waiter, stream, bytes, deadline, stop): everything, or why not. The bytes stay
// in place until it is over.
class WriteHeld final : public PendingWrite {
 public:
  WriteHeld(Waiter& waiter, Stream& stream, std::string_view bytes, LoopTime deadline,
            WriteStop stop = nullptr)
      : PendingWrite(waiter, stream, bytes, deadline, stop) {}
  bool await_ready() { return TryComplete(); }
};

// co_await Write(waiter, stream, parts, deadline, stop): the same for gathered bytes. What the
// socket does not take at once is copied before waiting, so the parts may lie in the reactor's read
// buffer; the copy counts as memory held (Reactor::CountMemory).
class Write final : public PendingWrite {
 public:
  Write(Waiter& waiter, Stream& stream, std::span<const iovec> parts, LoopTime deadline,
        WriteStop stop = nullptr)
      : PendingWrite(waiter, stream, {}, deadline, stop), parts_(parts) {}
  ~Write();
  bool await_ready();

 private:
  void KeepRest();

  std::span<const iovec> parts_;
  std::string kept_;
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

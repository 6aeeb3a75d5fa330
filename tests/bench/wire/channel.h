#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string_view>

#include "tests/bench/wire/poller.h"

namespace llmgw::bench {

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, FreeSsl>;
using SslContextPtr = std::unique_ptr<SSL_CTX, FreeSsl>;

// A server's context with this certificate, or a client's that checks nothing (what is measured is
// the proxy between). End the program when OpenSSL refuses.
SslContextPtr MakeServerContext(const char* certificate_file, const char* key_file);
SslContextPtr MakeClientContext();

// A non-blocking TCP connection, in clear or over TLS. Reads and writes without caring which; the
// TLS handshake happens inside the first ones. One thread.
class Channel {
 public:
  enum class Side { kClient, kServer };

  Channel() = default;
  // `context` null: in clear. `side` matters only with TLS.
  Channel(Handle socket, SSL_CTX* context, Side side);

  int fd() const { return socket_.get(); }
  bool open() const { return socket_.open(); }
  void Close() { *this = Channel(); }

  // Bytes done, 0: would block, kClosed: the peer has closed, kFailed: broken.
  static constexpr ptrdiff_t kClosed = -1;
  static constexpr ptrdiff_t kFailed = -2;
  ptrdiff_t Read(char* out, size_t size);
  // `first` then `second`, as if they were one.
  ptrdiff_t Write(std::string_view first, std::string_view second = {});
  // After a read that filled less than its buffer nothing is left, so that another call can be
  // saved. TLS hands out a record at a time: there, only "would block" says so.
  bool ShortReadIsDrained() const { return !ssl_; }
  // After a Write() that would block: whether it waits for room in the socket. A TLS handshake
  // waits for bytes instead, and asking for room would never let the poller sleep.
  bool BlockedForRoom() const { return !ssl_ || SSL_want_write(ssl_.get()); }

 private:
  ptrdiff_t SslOutcome(int result);

  Handle socket_;
  SslPtr ssl_;
};

}  // namespace llmgw::bench

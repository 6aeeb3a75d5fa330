#pragma once

#include <sys/uio.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "dataplane/net/io_result.h"
#include "dataplane/net/reactor.h"

struct ssl_ctx_st;
struct ssl_st;

namespace llmgw::net {

class TlsClientContext;
class TlsServerContext;

// Why a handshake failed, as far as counting it by reason makes sense.
enum class TlsFailure : uint8_t {
  kNone,
  kTimeout,             // said by whoever waited, not by the session
  kClosed,              // the peer went away
  kPlainHttp,           // it speaks HTTP without TLS
  kNotTls,              // it speaks something else
  kVersion,             // only TLS versions that are too old, or unknown
  kNoSharedParameters,  // no cipher, group or signature algorithm in common
  kNoProtocol,          // ALPN without http/1.1
  kNoCertificate,       // a certificate is required and it sent none
  kBadCertificate,      // its certificate is not accepted
  kPeerAlert,           // it refused us: most often our certificate
  kOther,
};
inline constexpr size_t kTlsFailures = static_cast<size_t>(TlsFailure::kOther) + 1;
// Stable slug, for metrics: "plain_http".
std::string_view Slug(TlsFailure failure);

// One TLS connection, either end, over a descriptor that must outlive it. Reads from the socket as
// much as it can get and remembers when a read has drained it, so that a record costs one system
// call. Keeps the descriptor's kReadable set while it holds bytes back itself: who waits for the
// descriptor misses nothing. Belongs to the reactor's thread. The Try… functions never wait and
// behave as those of Stream.
class TlsSession {
 public:
  // Null: OpenSSL has no memory, or the server name can't be used as one. `server_name` is sent as
  // SNI and verified, as a DNS name or an IP address.
  static std::unique_ptr<TlsSession> Client(const TlsClientContext& context,
                                            const std::string& server_name, Descriptor& descriptor);
  // The context must live until the handshake is over.
  static std::unique_ptr<TlsSession> Server(const TlsServerContext& context,
                                            Descriptor& descriptor);
  ~TlsSession() = default;
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  IoResult TryHandshake();
  // After it, or a later operation, failed: why, for counting and in one line for people
  // ("certificate has expired").
  TlsFailure failure() const { return failure_; }
  const std::string& error() const { return error_; }
  // After it is done: whether it went on from an earlier session.
  bool resumed() const;

  IoResult TryRead(std::span<char> bytes);
  // In records of up to 16 KiB; parts that are smaller share one.
  IoResult TryWrite(std::span<const iovec> parts);
  // Does not change what the other operations want.
  IoResult TryPeek(std::span<char> bytes);
  // Says goodbye (close_notify) without waiting for the answer; a peer that is gone does not mind.
  void Shutdown();

  // What the last kAgain waits for.
  bool wants_read() const { return want_ == Want::kRead; }
  bool wants_write() const { return want_ == Want::kWrite; }

 private:
  friend struct TlsSocket;
  enum class Want : uint8_t { kNothing, kRead, kWrite };
  struct SslDeleter {
    void operator()(ssl_st* ssl) const;
  };

  explicit TlsSession(Descriptor& descriptor) : descriptor_(descriptor) {}
  bool Open(ssl_ctx_st* context);
  IoResult FromSsl(int result);
  void NoteFailure();

  Descriptor& descriptor_;
  // The socket gave less than was asked for since the operation under way began.
  bool drained_ = false;
  bool ended_ = false;
  Want want_ = Want::kNothing;
  TlsFailure failure_ = TlsFailure::kNone;
  std::unique_ptr<ssl_st, SslDeleter> ssl_;
  std::string error_;
};

}  // namespace llmgw::net

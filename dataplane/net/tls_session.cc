#include "dataplane/net/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "dataplane/net/address.h"
#include "dataplane/net/tls_client_context.h"
#include "dataplane/net/tls_server_context.h"

namespace llmgw::net {

// The socket as OpenSSL's lowest layer. OpenSSL's own would ask a socket that is known to be dry,
// and raise SIGPIPE.
struct TlsSocket {
  static int Read(BIO* bio, char* out, int size) {
    TlsSession& session = *static_cast<TlsSession*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (session.drained_ || !session.descriptor_.ready(kReadable)) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const ssize_t n = ::recv(session.descriptor_.fd(), out, static_cast<size_t>(size), 0);
    if (n > 0) {
      // After a hang-up the end of file is still to be read.
      session.drained_ = n < size && !session.descriptor_.hung_up();
      return static_cast<int>(n);
    }
    if (n == 0) {
      session.ended_ = true;
      return 0;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
      session.drained_ = errno != EINTR;
      BIO_set_retry_read(bio);
    }
    return -1;
  }

  static int Write(BIO* bio, const char* bytes, int size) {
    const TlsSession& session = *static_cast<TlsSession*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (!session.descriptor_.ready(kWritable)) {  // as it said itself
      BIO_set_retry_write(bio);
      return -1;
    }
    const ssize_t n =
        ::send(session.descriptor_.fd(), bytes, static_cast<size_t>(size), MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
      BIO_set_retry_write(bio);
    }
    return static_cast<int>(n);
  }

  static long Control(BIO* bio, int command, long, void*) {
    switch (command) {
      case BIO_CTRL_EOF:
        return static_cast<TlsSession*>(BIO_get_data(bio))->ended_ ? 1 : 0;
      case BIO_CTRL_FLUSH:
        return 1;
      default:
        return 0;
    }
  }

  static const BIO_METHOD* Method() {
    static const BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "llmgw socket");
      BIO_meth_set_read(made, Read);
      BIO_meth_set_write(made, Write);
      BIO_meth_set_ctrl(made, Control);
      return made;
    }();
    return method;
  }
};

namespace {

// RFC 8446 5.1: the most a record holds.
constexpr size_t kMostRecordBytes = 16 * 1024;

// Gathered parts, consumed from the front.
class Parts {
 public:
  explicit Parts(std::span<const iovec> parts) : parts_(parts) { SkipEmpty(); }

  bool empty() const { return parts_.empty(); }
  bool is_last() const { return parts_.size() == 1; }
  std::string_view front() const {
    return {static_cast<const char*>(parts_[0].iov_base) + used_, parts_[0].iov_len - used_};
  }
  void Consume(size_t bytes) {
    while (bytes > 0) {
      const size_t here = std::min(bytes, front().size());
      used_ += here;
      bytes -= here;
      SkipEmpty();
    }
  }
  // Copies the next bytes, whichever parts they lie in; as many as there are and fit.
  size_t Peek(std::span<char> out) const {
    Parts rest = *this;
    size_t copied = 0;
    while (!rest.empty() && copied < out.size()) {
      const std::string_view piece = rest.front().substr(0, out.size() - copied);
      piece.copy(out.data() + copied, piece.size());
      copied += piece.size();
      rest.Consume(piece.size());
    }
    return copied;
  }

 private:
  void SkipEmpty() {
    while (!parts_.empty() && used_ == parts_[0].iov_len) {
      parts_ = parts_.subspan(1);
      used_ = 0;
    }
  }

  std::span<const iovec> parts_;
  size_t used_ = 0;
};

int WriteSome(SSL* ssl, std::string_view bytes) {
  return SSL_write(ssl, bytes.data(), static_cast<int>(std::min<size_t>(bytes.size(), INT_MAX)));
}

// Apart from WriteSome's callers: most writes need no such frame.
[[gnu::noinline]] int WriteJoined(SSL* ssl, const Parts& parts) {
  std::array<char, kMostRecordBytes> joined;
  return WriteSome(ssl, {joined.data(), parts.Peek(joined)});
}

TlsFailure FailureOf(unsigned long code) {
  if (code == 0) return TlsFailure::kClosed;
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) return TlsFailure::kOther;
  const int reason = ERR_GET_REASON(code);
  // What the peer said: its alert's number is added to this.
  if (reason >= SSL_AD_REASON_OFFSET) return TlsFailure::kPeerAlert;
  switch (reason) {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return TlsFailure::kClosed;
    case SSL_R_HTTP_REQUEST:
      return TlsFailure::kPlainHttp;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_BAD_RECORD_TYPE:
    case SSL_R_RECORD_LENGTH_MISMATCH:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
      return TlsFailure::kNotTls;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_UNKNOWN_PROTOCOL:
      return TlsFailure::kVersion;
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SHARED_GROUPS:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_GROUPS:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
      return TlsFailure::kNoSharedParameters;
    case SSL_R_NO_APPLICATION_PROTOCOL:
      return TlsFailure::kNoProtocol;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return TlsFailure::kNoCertificate;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return TlsFailure::kBadCertificate;
    default:
      return TlsFailure::kOther;
  }
}

}  // namespace

std::string_view Slug(TlsFailure failure) {
  switch (failure) {
    case TlsFailure::kNone:
      return "none";
    case TlsFailure::kTimeout:
      return "timeout";
    case TlsFailure::kClosed:
      return "closed";
    case TlsFailure::kPlainHttp:
      return "plain_http";
    case TlsFailure::kNotTls:
      return "not_tls";
    case TlsFailure::kVersion:
      return "version";
    case TlsFailure::kNoSharedParameters:
      return "no_shared_parameters";
    case TlsFailure::kNoProtocol:
      return "no_protocol";
    case TlsFailure::kNoCertificate:
      return "no_client_certificate";
    case TlsFailure::kBadCertificate:
      return "bad_client_certificate";
    case TlsFailure::kPeerAlert:
      return "client_alert";
    case TlsFailure::kOther:
      return "other";
  }
  return "other";
}

void TlsSession::SslDeleter::operator()(ssl_st* ssl) const { SSL_free(ssl); }

bool TlsSession::Open(ssl_ctx_st* context) {
  ssl_.reset(SSL_new(context));
  BIO* bio = BIO_new(TlsSocket::Method());
  if (ssl_ == nullptr || bio == nullptr) {
    BIO_free(bio);
    return false;
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  return true;
}

std::unique_ptr<TlsSession> TlsSession::Client(const TlsClientContext& context,
                                               const std::string& server_name,
                                               Descriptor& descriptor) {
  std::unique_ptr<TlsSession> session(new TlsSession(descriptor));
  if (!session->Open(context.get())) return nullptr;
  SSL* ssl = session->ssl_.get();
  SSL_set_connect_state(ssl);
  // RFC 6066 3: IP addresses are not sent as SNI; the certificate's iPAddress entries are checked.
  const bool named =
      IsIpLiteral(server_name)
          ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name.c_str()) == 1
          : SSL_set_tlsext_host_name(ssl, server_name.c_str()) == 1 &&
                SSL_set1_host(ssl, server_name.c_str()) == 1;
  if (!named) return nullptr;
  return session;
}

std::unique_ptr<TlsSession> TlsSession::Server(const TlsServerContext& context,
                                               Descriptor& descriptor) {
  std::unique_ptr<TlsSession> session(new TlsSession(descriptor));
  if (!session->Open(context.get())) return nullptr;
  SSL_set_accept_state(session->ssl_.get());
  return session;
}

IoResult TlsSession::TryHandshake() {
  ERR_clear_error();
  drained_ = false;
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    want_ = Want::kNothing;
    return {};
  }
  const IoResult failed = FromSsl(result);
  if (failed.status != IoStatus::kAgain) NoteFailure();
  return failed;
}

void TlsSession::NoteFailure() {
  // The last one is the handshake's own; those before are its causes.
  const unsigned long code = ERR_peek_last_error();
  failure_ = FailureOf(code);
  if (const long verified = SSL_get_verify_result(ssl_.get()); verified != X509_V_OK) {
    error_ = std::string("certificate not accepted: ") + X509_verify_cert_error_string(verified);
  } else if (code != 0) {
    const char* reason = ERR_reason_error_string(code);
    error_ = reason != nullptr ? reason : "handshake failed";
  } else {
    error_ = "connection closed during the TLS handshake";
  }
}

bool TlsSession::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

IoResult TlsSession::FromSsl(int result) {
  want_ = Want::kNothing;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      // Nothing more will come after a hang-up.
      if (descriptor_.hung_up()) return {IoStatus::kError, 0};
      want_ = Want::kRead;
      descriptor_.ClearReady(kReadable);
      return {IoStatus::kAgain, 0};
    case SSL_ERROR_WANT_WRITE:
      want_ = Want::kWrite;
      descriptor_.ClearReady(kWritable);
      return {IoStatus::kAgain, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {IoStatus::kEof, 0};
    default:
      // With TLS 1.3 a server judges our certificate after our handshake is done.
      if (error_.empty() && ERR_peek_last_error() != 0) NoteFailure();
      return {IoStatus::kError, 0};
  }
}

IoResult TlsSession::TryRead(std::span<char> bytes) {
  if (!descriptor_.ready(kReadable) && SSL_has_pending(ssl_.get()) == 0) {
    return {IoStatus::kAgain, 0};
  }
  ERR_clear_error();
  drained_ = false;
  size_t total = 0;
  while (true) {
    const std::span<char> room = bytes.subspan(total);
    const int n =
        SSL_read(ssl_.get(), room.data(), static_cast<int>(std::min<size_t>(room.size(), INT_MAX)));
    if (n <= 0) {
      const IoResult failed = FromSsl(n);
      if (total == 0) return failed;
      // An end or an error is met again by the next read.
      return {IoStatus::kOk, total};
    }
    total += static_cast<size_t>(n);
    // Records that have come already go the same way, without another turn.
    if (total == bytes.size() || SSL_has_pending(ssl_.get()) == 0) break;
  }
  want_ = Want::kNothing;
  if (drained_ && SSL_has_pending(ssl_.get()) == 0) descriptor_.ClearReady(kReadable);
  return {IoStatus::kOk, total};
}

IoResult TlsSession::TryWrite(std::span<const iovec> parts) {
  ERR_clear_error();
  drained_ = false;
  Parts rest(parts);
  size_t total = 0;
  // One record each time (SSL_MODE_ENABLE_PARTIAL_WRITE). What is tried again after kAgain begins
  // with the same bytes and is as long at least, as OpenSSL demands.
  while (!rest.empty()) {
    const bool join = !rest.is_last() && rest.front().size() < kMostRecordBytes;
    const int n = join ? WriteJoined(ssl_.get(), rest) : WriteSome(ssl_.get(), rest.front());
    if (n <= 0) {
      const IoResult failed = FromSsl(n);
      if (failed.status != IoStatus::kAgain || total == 0) return failed;
      return {IoStatus::kOk, total};
    }
    total += static_cast<size_t>(n);
    rest.Consume(static_cast<size_t>(n));
  }
  want_ = Want::kNothing;
  return {IoStatus::kOk, total};
}

IoResult TlsSession::TryPeek(std::span<char> bytes) {
  if (!descriptor_.ready(kReadable) && SSL_has_pending(ssl_.get()) == 0) {
    return {IoStatus::kAgain, 0};
  }
  // A write that waits for room must not be told to wait for bytes.
  const Want want = want_;
  ERR_clear_error();
  drained_ = false;
  const int n =
      SSL_peek(ssl_.get(), bytes.data(), static_cast<int>(std::min<size_t>(bytes.size(), INT_MAX)));
  const IoResult peeked = n > 0 ? IoResult{IoStatus::kOk, static_cast<size_t>(n)} : FromSsl(n);
  want_ = want;
  return peeked;
}

void TlsSession::Shutdown() {
  if (SSL_is_init_finished(ssl_.get()) == 0) return;
  ERR_clear_error();
  drained_ = false;
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace llmgw::net

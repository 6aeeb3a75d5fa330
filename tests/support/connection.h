#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/wait.h"

namespace llmgw::test {

struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, SslDeleter>;
using SslContextPtr = std::unique_ptr<SSL_CTX, SslDeleter>;

// One TCP (or TLS) connection of a test, either end: blocking, with a bound on every wait, and
// exact about bytes. What was read and not yet taken waits in buffer(). Not thread-safe.
class Connection {
 public:
  enum class Event {
    kData,     // bytes were added to buffer()
    kEnd,      // the peer has closed in order
    kReset,    // the peer has reset the connection, or it broke
    kTimeout,  // nothing within the bound
  };

  // When bytes came: `total` bytes had arrived by then, counted from the start of the connection.
  struct Arrival {
    std::chrono::steady_clock::time_point when;
    size_t total;
  };

  explicit Connection(int fd);  // takes the descriptor over
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  // TLS over the same socket. False when the handshake fails within the bound; tls_error() then
  // says why. A client may take up an earlier session.
  [[nodiscard]] bool StartTlsServer(SSL_CTX* context);
  [[nodiscard]] bool StartTlsClient(SSL_CTX* context, const std::string& server_name,
                                    SSL_SESSION* session = nullptr);
  const std::string& tls_error() const { return tls_error_; }

  // All of it, or false when the peer is gone or takes nothing for `bound`.
  [[nodiscard]] bool Write(std::string_view bytes, std::chrono::milliseconds bound = kPatience);

  // One read into buffer().
  Event ReadMore(std::chrono::milliseconds bound = kPatience);

  // Reads until buffer() holds `text` and takes everything up to its end. Empty: it did not come.
  std::string TakeThrough(std::string_view text, std::chrono::milliseconds bound = kPatience);
  // Takes exactly n bytes, or fewer when no more came.
  std::string Take(size_t n, std::chrono::milliseconds bound = kPatience);
  // Takes everything until the peer closes or `bound` passes without a byte. `how` (if not null)
  // gets kEnd, kReset or kTimeout.
  std::string TakeToEnd(Event* how = nullptr, std::chrono::milliseconds bound = kPatience);

  // True when the peer closes or resets within the bound, whatever it still sends before.
  [[nodiscard]] bool WaitForClose(std::chrono::milliseconds bound = kPatience);

  std::string& buffer() { return buffer_; }
  const std::vector<Arrival>& arrivals() const { return arrivals_; }
  int fd() const { return fd_; }
  SSL* tls() const { return ssl_.get(); }

  void ShutdownWrite();  // FIN: no more from us, still reading
  void Close();
  void Reset();  // RST, dropping what is unsent

 private:
  bool Handshake(SSL_CTX* context, const std::string& server_name, SSL_SESSION* session,
                 int (*step)(SSL*));
  bool Poll(short events, std::chrono::steady_clock::time_point deadline) const;

  int fd_;
  SslPtr ssl_;
  std::string tls_error_;
  std::string buffer_;
  size_t total_ = 0;
  std::vector<Arrival> arrivals_;
};

// Connects to "127.0.0.1:8080". Throws std::runtime_error when nobody listens there: a test cannot
// go on.
Connection ConnectTo(const std::string& address);

// True when somebody accepts a connection there.
bool CanConnect(const std::string& address);

// A listening loopback socket on a free port. The caller closes it.
struct Listener {
  int fd;
  int port;
};
Listener ListenOnLoopback(int port = 0);

}  // namespace llmgw::test

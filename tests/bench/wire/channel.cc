#include "tests/bench/wire/channel.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace llmgw::bench {
namespace {

[[noreturn]] void DieOfSsl(const char* what) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
  ERR_print_errors_fp(stderr);
  std::exit(1);
}

}  // namespace

SslContextPtr MakeServerContext(const char* certificate_file, const char* key_file) {
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (!context || SSL_CTX_use_certificate_chain_file(context.get(), certificate_file) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), key_file, SSL_FILETYPE_PEM) != 1) {
    DieOfSsl("cannot use the certificate");
  }
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  return context;
}

SslContextPtr MakeClientContext() {
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context) DieOfSsl("cannot make a TLS context");
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

Channel::Channel(Handle socket, SSL_CTX* context, Side side) : socket_(std::move(socket)) {
  if (!context) return;
  ssl_.reset(SSL_new(context));
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.get()) != 1) DieOfSsl("cannot make a TLS session");
  if (side == Side::kServer) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
  }
}

ptrdiff_t Channel::SslOutcome(int result) {
  if (result > 0) return result;
  const int error = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  switch (error) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return 0;
    case SSL_ERROR_ZERO_RETURN:
      return kClosed;
    default:
      return kFailed;
  }
}

ptrdiff_t Channel::Read(char* out, size_t size) {
  if (ssl_) return SslOutcome(SSL_read(ssl_.get(), out, static_cast<int>(size)));
  const ssize_t got = recv(socket_.get(), out, size, 0);
  if (got > 0) return got;
  if (got == 0) return kClosed;
  return errno == EAGAIN || errno == EINTR ? 0 : kFailed;
}

ptrdiff_t Channel::Write(std::string_view first, std::string_view second) {
  if (ssl_) {
    const std::string_view next = first.empty() ? second : first;
    return SslOutcome(SSL_write(ssl_.get(), next.data(), static_cast<int>(next.size())));
  }
  iovec pieces[2] = {{const_cast<char*>(first.data()), first.size()},
                     {const_cast<char*>(second.data()), second.size()}};
  const bool skip_first = first.empty();
  msghdr message{};
  message.msg_iov = pieces + (skip_first ? 1 : 0);
  message.msg_iovlen = skip_first || second.empty() ? 1 : 2;
  const ssize_t sent = sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
  if (sent >= 0) return sent;
  return errno == EAGAIN || errno == EINTR ? 0 : kFailed;
}

}  // namespace llmgw::bench

#include "dataplane/accept/connection.h"

#include <utility>

#include "dataplane/accept/client_address.h"
#include "dataplane/net/http1/head_parser.h"

namespace llmgw::accept {
namespace {

using net::http1::ParseStatus;

// After an answer that ends the connection the client may still be sending. Reading on for a while
// lets it see the answer instead of a reset (RFC 9112 9.6).
constexpr net::Millis kLingerTime{2'000};
constexpr size_t kMostLingerBytes = 64 << 20;

// A client that sends ahead has so many requests served before everybody else gets a turn.
constexpr unsigned kMostServedAhead = 16;

}  // namespace

Connection::Connection(ConnectionContext& context, net::Reactor& reactor, net::Fd fd,
                       std::string client)
    : context_(context),
      stream_(reactor, std::move(fd)),
      waiter_(reactor),
      input_(context.memory),
      client_(std::move(client)) {
  next_ = context_.first;
  if (next_ != nullptr) next_->link_ = &next_;
  link_ = &context_.first;
  context_.first = this;
}

Connection::~Connection() {
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
}

net::Task<bool> Connection::ShakeHands(std::shared_ptr<const net::TlsServerContext> tls) {
  TlsHandshakes& counts = *context_.options.tls_handshakes;
  if (!stream_.StartTls(*tls)) {
    counts.Failed(net::TlsFailure::kOther);
    co_return false;
  }
  const net::IoResult shaken = co_await net::Handshake(
      waiter_, stream_, waiter_.reactor().After(context_.options.tls_handshake_timeout));
  if (shaken.ok()) {
    counts.Done(stream_.tls()->resumed());
    co_return true;
  }
  if (shaken.status == net::IoStatus::kCancelled) co_return false;
  if (shaken.status == net::IoStatus::kTimeout) {
    counts.Failed(net::TlsFailure::kTimeout);
    co_return false;
  }
  const net::TlsFailure failure = stream_.tls()->failure();
  counts.Failed(failure);
  stream_.DropTls();
  if (failure == net::TlsFailure::kPlainHttp) co_await Refuse(model::PlainHttpToTls());
  // What the client has sent meanwhile must not keep it from reading why (the TLS alert).
  co_await LingerClose();
  co_return false;
}

net::Task<void> Connection::Serve() {
  unsigned served_ahead = 0;
  while (true) {
    const HeadRead read = co_await ReadHead();
    if (read == HeadRead::kClosed) co_return;
    if (read != HeadRead::kComplete) {
      co_await RefuseHead(read);
      break;
    }
    idle_ = false;
    if (!co_await ServeRequest()) break;
    idle_ = true;
    const bool more = !input_.empty() || stream_.descriptor().ready(net::kReadable);
    served_ahead = more ? served_ahead + 1 : 0;
    if (served_ahead == kMostServedAhead) {
      served_ahead = 0;
      input_.Own();
      if (co_await net::Yield(waiter_) != net::Wake::kReady) break;
    }
  }
  co_await LingerClose();
}

net::Task<Connection::HeadRead> Connection::ReadHead() {
  net::Reactor& reactor = waiter_.reactor();
  net::LoopTime deadline = reactor.After(context_.options.keep_alive_timeout);
  bool begun = false;
  while (true) {
    if (!input_.empty()) {
      bool need_more = false;
      const HeadRead parsed = ParseHead(need_more);
      if (!need_more) co_return parsed;
      // Empty lines after a request are old clients' habit (RFC 9112 2.2), not the next request.
      if (!begun && input_.view().find_first_not_of("\r\n") != std::string_view::npos) {
        begun = true;
        deadline = reactor.After(context_.options.head_timeout);
      }
    }
    if (context_.draining && !begun) co_return HeadRead::kClosed;
    input_.Own();
    const net::IoResult read =
        co_await net::Read(waiter_, stream_, reactor.read_buffer(), deadline);
    if (read.status == net::IoStatus::kTimeout && begun) co_return HeadRead::kTimeout;
    if (read.status == net::IoStatus::kTimeout)
      context_.counts.TimedOut(model::ClientTimeout::kKeepAlive);
    if (!read.ok()) co_return HeadRead::kClosed;
    input_.Borrow({reactor.read_buffer().data(), read.bytes});
  }
}

Connection::HeadRead Connection::ParseHead(bool& need_more) {
  head_ = context_.heads.Take();
  const std::string_view bytes = input_.view();
  const ParseStatus status =
      net::http1::ParseRequestHead(bytes, context_.options.head_limits, head_->head, fault_);
  if (status == ParseStatus::kNeedMore) {
    need_more = true;
    context_.heads.Put(std::move(head_));
    return HeadRead::kClosed;
  }
  if (status == ParseStatus::kError) {
    head_->head.Clear();
    return HeadRead::kMalformed;
  }
  // The head gets a place of its own: it is needed until the response begins, the read buffer is
  // not ours for so long.
  head_->bytes.assign(bytes.substr(0, head_->head.head_bytes));
  head_->head.Rebase(bytes.data(), head_->bytes.data());
  input_.Consume(head_->head.head_bytes);
  return HeadRead::kComplete;
}

net::Task<bool> Connection::ServeRequest() {
  net::http1::ServerExchange exchange(waiter_, stream_, input_, std::move(head_),
                                      context_.options.body_limits, context_.body_budget,
                                      context_.options.write_timeout);
  if (context_.draining) exchange.CloseAfter();
  const net::IpRanges& proxies = context_.options.trusted_proxies;
  const std::string client =
      proxies.Contains(client_) ? ClientBehind(client_, proxies, exchange.head()) : client_;
  co_await context_.pipeline.Run(exchange, context_.settings, client);
  co_return exchange.keep_alive() && !waiter_.cancelled();
}

net::Task<void> Connection::RefuseHead(HeadRead how) {
  return Refuse(how == HeadRead::kTimeout
                    ? model::MalformedRequest(408, "head_timeout")
                    : model::MalformedRequest(HttpStatus(fault_), Slug(fault_)));
}

net::Task<void> Connection::Refuse(model::Failure failure) {
  if (head_ == nullptr) head_ = context_.heads.Take();
  net::http1::ServerExchange exchange(waiter_, stream_, input_, std::move(head_),
                                      context_.options.body_limits, context_.body_budget,
                                      context_.options.write_timeout);
  co_await context_.pipeline.Refuse(exchange, std::move(failure), client_);
}

net::Task<void> Connection::LingerClose() {
  if (waiter_.cancelled() || stream_.resets_on_close()) co_return;
  stream_.ShutdownWrite();
  const net::LoopTime deadline = waiter_.reactor().After(kLingerTime);
  size_t read_bytes = 0;
  while (read_bytes < kMostLingerBytes) {
    const net::IoResult read =
        co_await net::Read(waiter_, stream_, waiter_.reactor().read_buffer(), deadline);
    if (!read.ok()) co_return;
    read_bytes += read.bytes;
    // The socket of a client that sends fast may never run dry.
    if (co_await net::Yield(waiter_) != net::Wake::kReady || waiter_.reactor().now() >= deadline)
      co_return;
  }
}

net::Task<void> ServeConnection(ConnectionContext& context, net::Reactor& reactor, net::Fd fd,
                                std::string client, [[maybe_unused]] ConnectionPermit permit) {
  Connection connection(context, reactor, std::move(fd), std::move(client));
  if (context.tls != nullptr && !co_await connection.ShakeHands(context.tls)) co_return;
  co_await connection.Serve();
}

}  // namespace llmgw::accept

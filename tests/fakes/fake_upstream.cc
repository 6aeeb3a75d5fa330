#include "tests/fakes/fake_upstream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace llmgw::test {
namespace {

std::string PathOf(const std::string& target) { return target.substr(0, target.find('?')); }

std::string ClientName(SSL* tls) {
  std::array<char, 256> name{};
  const X509* certificate = SSL_get0_peer_certificate(tls);
  if (certificate == nullptr) return {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

// Accepted connections inherit both.
void MakeNarrow(int listener) {
  const int segment_bytes = 1460;
  const int buffer_bytes = 4096;
  setsockopt(listener, IPPROTO_TCP, TCP_MAXSEG, &segment_bytes, sizeof(segment_bytes));
  setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(buffer_bytes));
}

}  // namespace

FakeUpstream::FakeUpstream(const Options& options)
    : options_(options), stop_event_(eventfd(0, EFD_CLOEXEC)) {
  if (options_.tls) tls_ = ServerContext(*options_.tls);
  if (!options_.client_ca.empty()) {
    SSL_CTX_load_verify_locations(tls_.get(), options_.client_ca.c_str(), nullptr);
    SSL_CTX_set_verify(tls_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  const Listener listener = ListenOnLoopback(options_.port);
  if (options_.narrow) MakeNarrow(listener.fd);
  listener_ = listener.fd;
  port_ = listener.port;
  acceptor_ = std::thread(&FakeUpstream::Accept, this);
}

FakeUpstream::~FakeUpstream() {
  Stop();
  close(stop_event_);
}

std::string FakeUpstream::address() const { return "127.0.0.1:" + std::to_string(port_); }

std::string FakeUpstream::Url(std::string_view path) const {
  return (tls_ ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port_) +
         std::string(path);
}

void FakeUpstream::Next(Reply reply, int times) {
  const std::lock_guard lock(mutex_);
  for (int i = 0; i < times; ++i) queued_.push_back(reply);
}

void FakeUpstream::OnPath(const std::string& path, Reply reply) {
  const std::lock_guard lock(mutex_);
  by_path_[path] = std::move(reply);
}

void FakeUpstream::Always(Reply reply) {
  const std::lock_guard lock(mutex_);
  always_ = std::move(reply);
}

void FakeUpstream::Handle(Handler handler) {
  const std::lock_guard lock(mutex_);
  handler_ = std::move(handler);
}

void FakeUpstream::FailNext(int times, int status) {
  Next(
      AnswerJson(
          status,
          R"({"error":{"message":"made to fail","type":"server_error","param":null,"code":null}})"),
      times);
}

std::optional<ReceivedRequest> FakeUpstream::WaitForRequest(std::chrono::milliseconds bound) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, bound, [this] { return requests_.size() > taken_; })) {
    return std::nullopt;
  }
  return requests_[taken_++];
}

std::vector<ReceivedRequest> FakeUpstream::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool FakeUpstream::WaitForClientGone(std::chrono::milliseconds bound) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, bound, [this] { return gone_ > 0; })) return false;
  --gone_;
  return true;
}

size_t FakeUpstream::clients_gone() const {
  const std::lock_guard lock(mutex_);
  return all_gone_;
}

size_t FakeUpstream::connections_accepted() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

size_t FakeUpstream::connections_open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

bool FakeUpstream::WaitForConnections(size_t open, std::chrono::milliseconds bound) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, bound, [&] { return open_ == open; });
}

std::string FakeUpstream::last_server_name() const {
  const std::lock_guard lock(mutex_);
  return server_name_;
}

std::string FakeUpstream::last_protocol() const {
  const std::lock_guard lock(mutex_);
  return protocol_;
}

std::string FakeUpstream::last_client_name() const {
  const std::lock_guard lock(mutex_);
  return client_name_;
}

void FakeUpstream::Stop() {
  if (stopping_.exchange(true)) return;
  eventfd_write(stop_event_, 1);
  acceptor_.join();
  close(listener_);
  std::list<std::thread> workers;
  {
    const std::lock_guard lock(mutex_);
    workers.swap(workers_);
  }
  for (std::thread& worker : workers) worker.join();
}

void FakeUpstream::Accept() {
  size_t number = 0;
  while (true) {
    std::array<pollfd, 2> fds{pollfd{listener_, POLLIN, 0}, pollfd{stop_event_, POLLIN, 0}};
    if (poll(fds.data(), fds.size(), -1) < 0) continue;
    if (stopping_) return;
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const std::lock_guard lock(mutex_);
    ++accepted_;
    ++open_;
    workers_.emplace_back(&FakeUpstream::Serve, this, fd, ++number);
    changed_.notify_all();
  }
}

void FakeUpstream::Serve(int fd, size_t number) {
  {
    Connection connection(fd);
    const bool ready = tls_ == nullptr || connection.StartTlsServer(tls_.get());
    if (ready && tls_ != nullptr) {
      const char* name = SSL_get_servername(connection.tls(), TLSEXT_NAMETYPE_host_name);
      const unsigned char* protocol = nullptr;
      unsigned size = 0;
      SSL_get0_alpn_selected(connection.tls(), &protocol, &size);
      const std::lock_guard lock(mutex_);
      server_name_ = name == nullptr ? "" : name;
      protocol_.assign(reinterpret_cast<const char*>(protocol), size);
      client_name_ = ClientName(connection.tls());
    }
    while (ready && ServeRequest(connection, number)) {
    }
  }
  const std::lock_guard lock(mutex_);
  --open_;
  changed_.notify_all();
}

// One request and its reply; false when the connection is over.
bool FakeUpstream::ServeRequest(Connection& connection, size_t number) {
  // Idle until the first byte, the client's close, or Stop().
  while (connection.buffer().empty()) {
    std::array<pollfd, 2> fds{pollfd{connection.fd(), POLLIN, 0}, pollfd{stop_event_, POLLIN, 0}};
    const bool pending = connection.tls() != nullptr && SSL_pending(connection.tls()) > 0;
    if (!pending && poll(fds.data(), fds.size(), -1) < 0) continue;
    if (stopping_) return false;
    const Connection::Event event = connection.ReadMore(std::chrono::milliseconds{0});
    if (event == Connection::Event::kEnd || event == Connection::Event::kReset) return false;
  }
  Message message = ReadHead(connection);
  if (!message.has_head) return false;

  ReceivedRequest request;
  request.connection = number;
  const size_t first = message.start_line.find(' ');
  const size_t second = message.start_line.rfind(' ');
  if (first == std::string::npos || second <= first) return false;
  request.method = message.start_line.substr(0, first);
  request.target = message.start_line.substr(first + 1, second - first - 1);
  request.headers = message.headers;
  request.raw_head = message.raw_head;

  // The reply may say how to read the body, and a handler wants to see the body: queued and path
  // replies are chosen first.
  Reply reply = ChooseReply(request);
  if (reply.before_body) {
    Remember(request);
    return Play(connection, reply.steps) && ReadRequestBody(connection, message, reply);
  }
  const bool complete = ReadRequestBody(connection, message, reply);
  request.body = message.body;
  request.raw_body = message.raw_body;
  request.complete = complete;
  Remember(request);
  if (!complete) {
    NoteClientGone();
    return false;
  }
  if (reply.steps.empty()) {  // left to the handler
    Handler handler;
    {
      const std::lock_guard lock(mutex_);
      handler = handler_;
    }
    reply = handler(request);
  }
  return Play(connection, reply.steps) &&
         !EqualsIgnoringCase(HeaderValue(request.headers, "connection"), "close");
}

bool FakeUpstream::ReadRequestBody(Connection& connection, Message& message, const Reply& reply) {
  if (EqualsIgnoringCase(message.Header("expect"), "100-continue")) {
    if (!connection.Write("HTTP/1.1 100 Continue\r\n\r\n")) return false;
  }
  if (!Play(connection, reply.before_reading)) return false;
  ReadBody(connection, RequestFraming(message), message, kPatience, options_.keep_body_bytes);
  return message.complete;
}

Reply FakeUpstream::ChooseReply(const ReceivedRequest& request) {
  const std::lock_guard lock(mutex_);
  if (!queued_.empty()) {
    Reply reply = std::move(queued_.front());
    queued_.pop_front();
    return reply;
  }
  const auto found = by_path_.find(PathOf(request.target));
  if (found != by_path_.end()) return found->second;
  if (handler_) return {};
  return always_ ? *always_ : AnswerJson(200, "{}");
}

void FakeUpstream::Remember(const ReceivedRequest& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  changed_.notify_all();
}

void FakeUpstream::NoteClientGone() {
  const std::lock_guard lock(mutex_);
  ++gone_;
  ++all_gone_;
  changed_.notify_all();
}

// Does the steps; false when the connection is over.
bool FakeUpstream::Play(Connection& connection, const std::vector<Reply::Step>& steps) {
  for (const Reply::Step& step : steps) {
    if (const auto* send = std::get_if<Reply::Send>(&step)) {
      if (!connection.Write(send->bytes)) {
        if (!stopping_) NoteClientGone();
        return false;
      }
    } else if (const auto* wait = std::get_if<Reply::WaitAt>(&step)) {
      if (!PassGate(connection, wait->gate)) return false;
    } else if (const auto* take = std::get_if<Reply::Take>(&step)) {
      take->serve(connection);
      return false;
    } else if (std::holds_alternative<Reply::Hang>(step)) {
      return PassGate(connection, Gate());
    } else if (std::holds_alternative<Reply::Reset>(step)) {
      connection.Reset();
      return false;
    } else {
      connection.Close();
      return false;
    }
  }
  return true;
}

// Waits for a permit; false when the client left first, or the server stops.
bool FakeUpstream::PassGate(Connection& connection, Gate gate) {
  while (!gate.TryPass()) {
    std::array<pollfd, 3> fds{pollfd{gate.fd(), POLLIN, 0}, pollfd{connection.fd(), POLLRDHUP, 0},
                              pollfd{stop_event_, POLLIN, 0}};
    if (poll(fds.data(), fds.size(), -1) < 0) continue;
    if (stopping_) return false;
    if (fds[1].revents != 0) {
      NoteClientGone();
      return false;
    }
  }
  return true;
}

}  // namespace llmgw::test

#include "dataplane/accept/worker.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace llmgw::accept {
namespace {

constexpr net::Millis kSweepInterval{5'000};
// Records are handed over in batches: waking the reporter for each would cost a system call a
// request.
constexpr net::Millis kFlushInterval{100};
constexpr net::Millis kHealthInterval{100};
// Out of descriptors or memory: connections wait in the backlog until some are free again.
constexpr net::Millis kAcceptPause{50};
// Running streams get a turn after so many connections.
constexpr unsigned kMostAcceptedAtOnce = 64;

net::Fd OpenSpare() { return net::Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

// The same object under a control block of one worker's own: requests count references to it, which
// must not bounce a cache line between workers.
template <typename T>
std::shared_ptr<T> OfThisThread(std::shared_ptr<T> shared) {
  T* const object = shared.get();
  if (object == nullptr) return nullptr;
  return {std::make_shared<std::shared_ptr<T>>(std::move(shared)), object};
}

}  // namespace

Worker::Worker(const GatewayOptions& options, ProcessLimits& limits,
               std::unique_ptr<net::Reactor> reactor, net::Resolver& resolver, net::Fd listener,
               std::unique_ptr<record::Recorder> recorder)
    : options_(options),
      load_(limits),
      reactor_(std::move(reactor)),
      recorder_(std::move(recorder)),
      body_budget_(load_.memory, load_.files),
      forward_(resolver, heads_),
      pipeline_(forward_, *recorder_, {load_.in_flight, load_.descriptors}, load_.counts),
      context_{options_,     pipeline_,    heads_,  body_budget_,
               load_.memory, load_.counts, nullptr, options_.tls},
      listener_(std::make_unique<net::Descriptor>(*reactor_, std::move(listener))),
      accept_waiter_(*reactor_),
      spare_(OpenSpare()),
      refuser_(*reactor_, pipeline::RequestPipeline::ConnectionRefusal()) {
  reactor_->CountMemory(&load_.memory);
}

Worker::~Worker() = default;

void Worker::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Worker::Run() {
  tasks_.Spawn(AcceptLoop());
  reactor_->Run([this] { OnTurn(); });
  // First: what connects from here on is refused, not left waiting in the backlog.
  accept_waiter_.Cancel();
  listener_.reset();
  CancelAll();
  // After the connections: one that ends may leave an errand.
  forward_.errands.CancelAll();
  forward_.pool.Clear();
  recorder_->Flush();
}

void Worker::OnTurn() {
  const net::LoopTime now = reactor_->now();
  FlushRecords(now);
  if (pipeline_.upstreams() != nullptr && pipeline_.upstreams()->health_changed())
    PublishHealth(now);
  if (now >= next_sweep_) {
    forward_.pool.Sweep(now);
    PublishHealth(now);  // without a change some of it may have lost its meaning
    next_sweep_ = now + kSweepInterval.count();
  }
  ReleaseIfEmpty();
}

void Worker::FlushRecords(net::LoopTime now) {
  if (!recorder_->waiting()) {
    flush_at_ = net::kNever;
  } else if (flush_at_ == net::kNever) {
    flush_at_ = now + kFlushInterval.count();
    reactor_->timers().Set(flush_timer_, flush_at_);
  } else if (now >= flush_at_) {
    recorder_->Flush();
    flush_at_ = net::kNever;
  }
}

void Worker::PublishHealth(net::LoopTime now) {
  if (pipeline_.upstreams() == nullptr) return;
  if (now < health_at_) {
    reactor_->timers().Set(health_timer_, health_at_);
    return;
  }
  health_at_ = now + kHealthInterval.count();
  static const std::chrono::nanoseconds kWallOffset =
      std::chrono::system_clock::now().time_since_epoch() -
      std::chrono::steady_clock::now().time_since_epoch();
  health_.Put(pipeline_.upstreams()->Health(std::chrono::steady_clock::now(), kWallOffset));
}

void Worker::SetCheck(const std::string& upstream, const std::string& cause) {
  if (pipeline_.upstreams() == nullptr) return;
  std::optional<route::health::FailedCheck> check;
  if (!cause.empty()) check = {std::chrono::steady_clock::now(), cause};
  pipeline_.upstreams()->SetCheck(upstream, std::move(check));
}

void Worker::Post(std::function<void(Worker&)> work) {
  reactor_->Post([this, work = std::move(work)] { work(*this); });
}

void Worker::Stop() {
  if (!thread_.joinable()) return;
  reactor_->Stop();
  thread_.join();
}

void Worker::Use(settings::SettingsPtr settings, std::shared_ptr<const forward::TlsContexts> tls) {
  if (settings != nullptr) pipeline_.Use(*settings);
  context_.settings = OfThisThread(std::move(settings));
  forward_.tls = OfThisThread(std::move(tls));
}

void Worker::BeginDrain() {
  context_.draining = true;
  accept_waiter_.Cancel();
  listener_.reset();
  refuser_.CancelAll();
  for (Connection* connection = context_.first; connection != nullptr;) {
    Connection* next = connection->next();
    if (connection->idle()) connection->Cancel();
    connection = next;
  }
}

void Worker::CancelAll() {
  refuser_.CancelAll();
  // One at a time from the front: a cancelled connection may take others of the list with it only
  // by ending itself.
  while (context_.first != nullptr) {
    Connection* connection = context_.first;
    connection->Cancel();
    if (context_.first == connection) break;  // it will end when the loop runs on
  }
  for (Connection* connection = context_.first; connection != nullptr;) {
    Connection* next = connection->next();
    connection->Cancel();
    connection = next;
  }
}

void Worker::WhenEmpty(std::function<void()> done) {
  when_empty_ = std::move(done);
  ReleaseIfEmpty();
}

void Worker::ReleaseIfEmpty() {
  if (when_empty_ && context_.first == nullptr && forward_.errands.empty())
    std::exchange(when_empty_, nullptr)();
}

net::Task<void> Worker::AcceptLoop() {
  unsigned accepted = 0;
  while (true) {
    sockaddr_storage peer{};
    socklen_t length = sizeof(peer);
    net::Fd fd(::accept4(listener_->fd(), reinterpret_cast<sockaddr*>(&peer), &length,
                         SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.valid()) {
      Accept(std::move(fd), net::Address::FromSockaddr(reinterpret_cast<sockaddr*>(&peer), length));
      if (++accepted % kMostAcceptedAtOnce != 0) continue;
      const net::Wake turn = co_await net::Yield(accept_waiter_);
      if (turn == net::Wake::kCancelled) co_return;
      continue;
    }
    if (errno == ECONNABORTED || errno == EINTR) continue;
    net::Wake wake = net::Wake::kReady;
    int failure = errno;
    if (failure == EMFILE || failure == ENFILE) failure = RefuseOne();
    if (failure == 0) {
      wake = co_await net::Yield(accept_waiter_);
    } else if (failure == EAGAIN) {
      listener_->ClearReady(net::kReadable);
      wake = co_await net::WaitAny(accept_waiter_, listener_.get(), net::kReadable, nullptr, 0,
                                   net::kNever);
    } else {
      load_.counts.AcceptPaused();
      wake = co_await net::Sleep(accept_waiter_, reactor_->After(kAcceptPause));
    }
    if (wake == net::Wake::kCancelled) co_return;
  }
}

// Out of descriptors: who waits in the backlog is answered with the help of the spare one. 0 when
// accepting may go on, else the error of accept4: EAGAIN says that nobody waits.
int Worker::RefuseOne() {
  // What is kept for later is worth less than who waits now.
  if (forward_.pool.Clear() > 0) return 0;
  spare_ = net::Fd();
  net::Fd fd(::accept4(listener_->fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  const int failure = fd.valid() ? 0 : errno;
  if (fd.valid()) {
    load_.counts.Refused(model::Limit::kDescriptors);
    if (context_.tls == nullptr) refuser_.RefuseNow(std::move(fd));
  }
  spare_ = OpenSpare();
  return failure;
}

void Worker::Accept(net::Fd fd, const net::Address& peer) {
  net::Permit connection(load_.connections);
  net::Permit descriptor(load_.descriptors);
  if (!connection || !descriptor) {
    load_.counts.Refused(!connection ? model::Limit::kConnections : model::Limit::kDescriptors);
    // Under TLS an answer would take the handshake that there is no room for: the end has to do.
    if (context_.tls == nullptr) refuser_.Refuse(std::move(fd));
    return;
  }
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  tasks_.Spawn(ServeConnection(context_, *reactor_, std::move(fd), net::IpText(peer),
                               {std::move(connection), std::move(descriptor)}));
}

}  // namespace llmgw::accept

#include "dataplane/net/resolver.h"

#include <ares.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "dataplane/net/fd.h"

namespace llmgw::net {
namespace {

using std::chrono::seconds;

class AresResolver final : public Resolver {
 public:
  AresResolver(ares_channel channel, Fd wakeup)
      : channel_(channel), wakeup_(std::move(wakeup)), thread_([this] { Run(); }) {}

  ~AresResolver() override {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
    }
    WakeUp();
    thread_.join();
    ares_destroy(channel_);
    ares_library_cleanup();
  }

  void Lookup(std::string host, const DnsBounds& bounds,
              std::function<void(HostAddresses)> done) override {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back({std::move(host), bounds, std::move(done)});
    }
    WakeUp();
  }

 private:
  struct Asked {
    std::string host;
    DnsBounds bounds;
    std::function<void(HostAddresses)> done;
  };
  struct Query {
    AresResolver& resolver;
    std::string host;
    std::vector<std::function<void(HostAddresses)>> waiting;
  };

  void WakeUp() {
    const uint64_t one = 1;
    (void)!::write(wakeup_.get(), &one, sizeof(one));
  }

  void Run() {
    while (true) {
      std::vector<Asked> work;
      {
        std::lock_guard lock(mutex_);
        if (stop_) break;
        work.swap(queue_);
      }
      for (Asked& asked : work) Begin(std::move(asked));
      WaitAndProcess();
    }
    ares_cancel(channel_);
  }

  void Begin(Asked asked) {
    auto& [host, bounds, done] = asked;
    if (const HostAddresses* kept = cache_.Find(host, bounds, std::chrono::steady_clock::now())) {
      done(*kept);
      return;
    }
    if (auto running = running_.find(host); running != running_.end()) {
      running->second->waiting.push_back(std::move(done));
      return;
    }
    auto query = std::make_unique<Query>(Query{*this, host, {}});
    query->waiting.push_back(std::move(done));
    Query* raw = query.get();
    running_.emplace(host, std::move(query));
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = ARES_AI_NOSORT;
    ares_getaddrinfo(channel_, raw->host.c_str(), nullptr, &hints, &AresResolver::OnAnswer, raw);
  }

  static void OnAnswer(void* arg, int status, int, ares_addrinfo* info) {
    auto& query = *static_cast<Query*>(arg);
    HostAddresses answer;
    seconds ttl = seconds::max();
    if (status == ARES_SUCCESS && info != nullptr) {
      for (const ares_addrinfo_cname* alias = info->cnames; alias != nullptr; alias = alias->next)
        ttl = std::min(ttl, seconds(alias->ttl));
      for (const ares_addrinfo_node* node = info->nodes; node != nullptr; node = node->ai_next) {
        answer.addresses.push_back(
            Address::FromSockaddr(node->ai_addr, static_cast<socklen_t>(node->ai_addrlen)));
        ttl = std::min(ttl, seconds(node->ai_ttl));
      }
    }
    if (info != nullptr) ares_freeaddrinfo(info);
    if (answer.addresses.empty()) {
      answer.error = std::string("name does not resolve: ") +
                     ares_strerror(status == ARES_SUCCESS ? ARES_ENODATA : status);
    }
    answer.ttl = ttl;
    query.resolver.Finish(query, answer);
  }

  void Finish(Query& query, const HostAddresses& answer) {
    cache_.Put(query.host, answer, std::chrono::steady_clock::now());
    auto node = running_.extract(query.host);
    for (auto& done : node.mapped()->waiting) done(answer);
  }

  void WaitAndProcess() {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const int mask = ares_getsock(channel_, sockets.data(), ARES_GETSOCK_MAXNUM);
    std::vector<pollfd> polled{{wakeup_.get(), POLLIN, 0}};
    for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
      short events = 0;
      if (ARES_GETSOCK_READABLE(mask, i)) events |= POLLIN;
      if (ARES_GETSOCK_WRITABLE(mask, i)) events |= POLLOUT;
      if (events != 0) polled.push_back({sockets[static_cast<size_t>(i)], events, 0});
    }
    timeval storage{};
    const timeval* timeout = ares_timeout(channel_, nullptr, &storage);
    const int wait_ms =
        timeout == nullptr ? -1
                           : static_cast<int>(timeout->tv_sec * 1000 + timeout->tv_usec / 1000 + 1);
    ::poll(polled.data(), polled.size(), wait_ms);
    if (polled[0].revents != 0) {
      uint64_t count = 0;
      (void)!::read(wakeup_.get(), &count, sizeof(count));
    }
    for (size_t i = 1; i < polled.size(); ++i) {
      const pollfd& entry = polled[i];
      ares_process_fd(
          channel_,
          (entry.revents & (POLLIN | POLLERR | POLLHUP)) != 0 ? entry.fd : ARES_SOCKET_BAD,
          (entry.revents & POLLOUT) != 0 ? entry.fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  }

  // Resolver thread only (after construction).
  const ares_channel channel_;
  DnsCache cache_;
  std::map<std::string, std::unique_ptr<Query>> running_;

  const Fd wakeup_;
  std::mutex mutex_;
  std::vector<Asked> queue_;  // guarded by mutex_
  bool stop_ = false;         // guarded by mutex_
  std::thread thread_;        // last: everything above is there when it starts
};

}  // namespace

Result<std::unique_ptr<Resolver>> Resolver::Start(const std::string& servers) {
  if (const int status = ares_library_init(ARES_LIB_INIT_ALL); status != ARES_SUCCESS) {
    return Fail(Internal(std::string("c-ares: ") + ares_strerror(status)));
  }
  ares_channel channel = nullptr;
  if (const int status = ares_init(&channel); status != ARES_SUCCESS) {
    ares_library_cleanup();
    return Fail(Internal(std::string("c-ares: ") + ares_strerror(status)));
  }
  if (!servers.empty()) {
    if (const int status = ares_set_servers_ports_csv(channel, servers.c_str());
        status != ARES_SUCCESS) {
      ares_destroy(channel);
      ares_library_cleanup();
      return Fail(Internal(std::string("c-ares: ") + ares_strerror(status)));
    }
  }
  Fd wakeup(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  return std::unique_ptr<Resolver>(new AresResolver(channel, std::move(wakeup)));
}

Resolve::~Resolve() {
  if (pending_ != nullptr) pending_->op = nullptr;
}

bool Resolve::await_ready() {
  std::optional<Address> literal = ParseIp(host_, 0);
  if (!literal) return false;
  pending_ = std::make_shared<Pending>();
  pending_->answer.addresses.push_back(*literal);
  pending_->done = true;
  return true;
}

bool Resolve::await_suspend(std::coroutine_handle<> handle) {
  pending_ = std::make_shared<Pending>();
  pending_->op = this;
  if (!waiter_.Arm(*this, handle, nullptr, 0, nullptr, 0, deadline_)) return false;
  Reactor& reactor = waiter_.reactor();
  resolver_.Lookup(host_, bounds_, [pending = pending_, &reactor](HostAddresses answer) {
    reactor.Post([pending, answer = std::move(answer)]() mutable {
      pending->answer = std::move(answer);
      pending->done = true;
      if (pending->op != nullptr) pending->op->waiter_.Poke();
    });
  });
  return true;
}

bool Resolve::TryComplete() { return pending_ != nullptr && pending_->done; }

HostAddresses Resolve::await_resume() {
  return pending_ != nullptr && pending_->done ? std::move(pending_->answer) : HostAddresses{};
}

}  // namespace llmgw::net

#include "dataplane/accept/gateway.h"

#include <sys/socket.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <latch>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "dataplane/accept/limits.h"
#include "dataplane/accept/worker.h"
#include "dataplane/forward/upstream_checker.h"

namespace llmgw::accept {
namespace {

Error ListenError(const std::string& listen, const char* what) {
  return {ErrorKind::kUnavailable, "can't listen on " + listen + ": " + what, "listen"};
}

Result<net::Address> ParseListen(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  if (colon == std::string::npos)
    return Fail(InvalidArgument("listen", "'" + listen + "' is not IP:port"));
  char* end = nullptr;
  const unsigned long port = std::strtoul(listen.c_str() + colon + 1, &end, 10);
  if (*end != '\0' || end == listen.c_str() + colon + 1 || port > 65535) {
    return Fail(InvalidArgument("listen",
                                "'" + listen + "' has no port from 0 to 65535 after its last ':'"));
  }
  std::string ip = listen.substr(0, colon);
  if (ip.empty() || ip == "*") ip = "0.0.0.0";
  if (ip == "localhost") ip = "127.0.0.1";
  const std::optional<net::Address> address = net::ParseIp(ip, static_cast<uint16_t>(port));
  if (!address)
    return Fail(InvalidArgument("listen", "'" + ip + "' is not an IP address (IPv6 in brackets)"));
  return *address;
}

Result<net::Fd> Listen(const std::string& text, const net::Address& address) {
  net::Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  const int off = 0;
  if (!fd.valid()) return Fail(ListenError(text, std::strerror(errno)));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
  if (address.family() == AF_INET6)
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  if (::bind(fd.get(), address.get(), address.length) != 0 || ::listen(fd.get(), 4096) != 0) {
    return Fail(ListenError(text, std::strerror(errno)));
  }
  return fd;
}

// Somebody who listens without SO_REUSEPORT, or another user's process, is refused by the kernel;
// another dataplane of the same user would silently share the port, which is hardly ever meant.
Status RefuseSharedPort(const std::string& text, const net::Address& address) {
  if (net::Port(address) == 0) return {};
  net::Fd probe(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (probe.valid() && ::bind(probe.get(), address.get(), address.length) != 0)
    return Fail(ListenError(text, std::strerror(errno)));
  return {};
}

net::Address BoundAddress(const net::Fd& fd) {
  sockaddr_storage bound{};
  socklen_t length = sizeof(bound);
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &length);
  return net::Address::FromSockaddr(reinterpret_cast<sockaddr*>(&bound), length);
}

GatewayOptions WithWorkers(GatewayOptions options) {
  if (options.workers == 0) options.workers = std::max(1U, std::thread::hardware_concurrency());
  return options;
}

GatewayLoad::Held Sum(const std::vector<std::unique_ptr<Worker>>& workers,
                      net::BudgetShare WorkerLoad::*share, const net::Budget& budget) {
  GatewayLoad::Held held{0, budget.limit()};
  for (const auto& worker : workers) held.now += (worker->load().*share).used();
  return held;
}

class GatewayImpl final : public Gateway {
 public:
  explicit GatewayImpl(GatewayOptions options)
      : options_(WithWorkers(std::move(options))), limits_(options_, options_.workers) {}
  ~GatewayImpl() override { Stop(); }

  Status Open(settings::SettingsPtr initial,
              const std::function<std::unique_ptr<record::Recorder>(unsigned)>& make_recorder) {
    TRY_ASSIGN(resolver_, net::Resolver::Start());
    TRY_ASSIGN(net::Address address, ParseListen(options_.listen));
    TRY(RefuseSharedPort(options_.listen, address));
    for (unsigned i = 0; i < options_.workers; ++i) {
      TRY_ASSIGN(net::Fd listener, Listen(options_.listen, address));
      // With port 0 the first listener picks it for all.
      address = BoundAddress(listener);
      TRY_ASSIGN(std::unique_ptr<net::Reactor> reactor, net::Reactor::Make());
      workers_.push_back(std::make_unique<Worker>(options_, limits_, std::move(reactor), *resolver_,
                                                  std::move(listener), make_recorder(i)));
    }
    TRY_ASSIGN(
        checker_, forward::UpstreamChecker::Make(*resolver_, [this](const std::string& upstream,
                                                                    const std::string& cause) {
          for (auto& worker : workers_)
            worker->Post([upstream, cause](Worker& self) { self.SetCheck(upstream, cause); });
        }));
    address_ = net::AddressText(address);
    for (auto& worker : workers_) worker->Start();
    if (initial != nullptr) Apply(std::move(initial));
    return {};
  }

  std::string address() const override { return address_; }

  void Apply(settings::SettingsPtr settings) override {
    std::lock_guard lock(control_mutex_);
    if (stopped_) return;
    const std::shared_ptr<const forward::TlsContexts> tls = MakeTls(*settings);
    std::latch done(static_cast<std::ptrdiff_t>(workers_.size()));
    for (auto& worker : workers_) {
      worker->Post([&settings, &tls, &done](Worker& self) {
        self.Use(settings, tls);
        done.count_down();
      });
    }
    done.wait();
    checker_->Use(settings, tls);
  }

  void UseTls(std::shared_ptr<const net::TlsServerContext> tls) override {
    std::lock_guard lock(control_mutex_);
    if (stopped_) return;
    std::latch done(static_cast<std::ptrdiff_t>(workers_.size()));
    for (auto& worker : workers_) {
      worker->Post([&tls, &done](Worker& self) {
        self.UseTls(tls);
        done.count_down();
      });
    }
    done.wait();
  }

  void Drain(std::chrono::milliseconds grace) override {
    std::lock_guard lock(control_mutex_);
    if (stopped_) return;
    struct Progress {
      std::mutex mutex;
      std::condition_variable changed;
      size_t left;
    };
    // Shared: after the grace time a worker may still report while this call is already over.
    auto progress = std::make_shared<Progress>();
    progress->left = workers_.size();
    for (auto& worker : workers_) {
      worker->Post([progress](Worker& self) {
        self.BeginDrain();
        self.WhenEmpty([progress] {
          std::lock_guard progress_lock(progress->mutex);
          --progress->left;
          progress->changed.notify_all();
        });
      });
    }
    std::unique_lock wait(progress->mutex);
    const auto all_done = [&] { return progress->left == 0; };
    if (progress->changed.wait_for(wait, grace, all_done)) return;
    wait.unlock();
    for (auto& worker : workers_) worker->Post([](Worker& self) { self.CancelAll(); });
    wait.lock();
    progress->changed.wait_for(wait, std::chrono::seconds(5), all_done);
  }

  void Stop() override {
    std::lock_guard lock(control_mutex_);
    if (std::exchange(stopped_, true)) return;
    if (checker_ != nullptr) checker_->Stop();
    for (auto& worker : workers_) worker->Stop();
    // Before the workers and the checker go: an answer on its way is posted to one of them.
    resolver_.reset();
  }

  uint64_t requests_in_flight() const override {
    uint64_t sum = 0;
    for (const auto& worker : workers_) sum += worker->in_flight();
    return sum;
  }

  std::vector<model::UpstreamHealth> health() const override {
    std::vector<std::vector<model::UpstreamHealth>> of_workers;
    of_workers.reserve(workers_.size());
    for (const auto& worker : workers_) of_workers.push_back(worker->health());
    return MergeHealth(of_workers, std::chrono::system_clock::now());
  }

  GatewayLoad load() const override {
    GatewayLoad load;
    load.connections = Sum(workers_, &WorkerLoad::connections, limits_.connections);
    load.in_flight = Sum(workers_, &WorkerLoad::in_flight, limits_.in_flight);
    load.memory = Sum(workers_, &WorkerLoad::memory, limits_.memory);
    load.files = Sum(workers_, &WorkerLoad::files, limits_.files);
    for (const auto& worker : workers_) {
      const model::OverloadCounts& counts = worker->load().counts;
      for (size_t i = 0; i < model::kLimits; ++i)
        load.refused[i] += counts.refused(static_cast<model::Limit>(i));
      for (size_t i = 0; i < model::kClientTimeouts; ++i)
        load.timed_out[i] += counts.timed_out(static_cast<model::ClientTimeout>(i));
      load.accept_pauses += counts.accept_pauses();
      load.cancels_done += worker->errands().done();
      load.cancels_failed += worker->errands().failed();
      load.cancels_dropped += worker->errands().dropped();
    }
    return load;
  }

 private:
  // Contexts are kept while their settings stay the same: reading certificates is slow, and kept
  // sessions are worth having.
  std::shared_ptr<const forward::TlsContexts> MakeTls(const settings::RuntimeSettings& settings) {
    auto contexts = std::make_shared<forward::TlsContexts>();
    for (const auto& upstream : settings.upstreams()) {
      if (!upstream->endpoint.tls || contexts->contains(upstream->pool_key)) continue;
      if (tls_ != nullptr) {
        if (const auto kept = tls_->find(upstream->pool_key); kept != tls_->end()) {
          contexts->insert(*kept);
          continue;
        }
      }
      auto made = net::TlsClientContext::Make({upstream->tls.ca_pem,
                                               upstream->outbound.client_certificate_pem,
                                               upstream->outbound.client_key});
      // A CA or client certificate that can't be used was refused when the settings were compiled;
      // should it still fail here, attempts report it.
      if (made) contexts->emplace(upstream->pool_key, std::move(*made));
    }
    tls_ = contexts;
    return contexts;
  }

  const GatewayOptions options_;
  ProcessLimits limits_;
  std::string address_;
  std::unique_ptr<forward::UpstreamChecker> checker_;
  std::unique_ptr<net::Resolver> resolver_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::mutex control_mutex_;                         // one control operation at a time
  std::shared_ptr<const forward::TlsContexts> tls_;  // guarded by control_mutex_
  bool stopped_ = false;                             // guarded by control_mutex_
};

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::Start(
    GatewayOptions options, settings::SettingsPtr initial,
    const std::function<std::unique_ptr<record::Recorder>(unsigned worker)>& make_recorder) {
  auto gateway = std::make_unique<GatewayImpl>(std::move(options));
  TRY(gateway->Open(std::move(initial), make_recorder));
  return std::unique_ptr<Gateway>(std::move(gateway));
}

}  // namespace llmgw::accept

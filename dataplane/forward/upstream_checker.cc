#include "dataplane/forward/upstream_checker.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "dataplane/forward/attempt_end.h"
#include "dataplane/forward/check_head.h"
#include "dataplane/forward/dialer.h"
#include "dataplane/net/http1/head_parser.h"
#include "dataplane/net/task_group.h"
#include "dataplane/net/tls_client_context.h"

namespace llmgw::forward {
namespace {

using settings::HealthSettings;
using settings::UpstreamSettings;

constexpr net::http1::HeadLimits kHeadLimits{64 * 1024, 256, 8 * 1024};

// The checks of one upstream under one set of rules.
struct Check {
  Check(net::Reactor& reactor, std::string name, HealthSettings the_rules)
      : upstream(std::move(name)), rules(std::move(the_rules)), waiter(reactor) {}

  const std::string upstream;
  const HealthSettings rules;
  net::Waiter waiter;
  bool failing = false;
  uint32_t in_a_row = 0;  // that say otherwise than `failing`
};

// What one check showed: nothing, or the cause of a failure, or "" for a success.
using Finding = std::optional<std::string>;

Finding FindingOf(net::ConnectFailure failure) {
  const AttemptEnd end = EndOf(failure);
  // Not the upstream's fault.
  if (end == AttemptEnd::kNoSocket || end == AttemptEnd::kCancelled) return std::nullopt;
  return Slug(end);
}

Finding FindingOf(net::IoStatus status) {
  if (status == net::IoStatus::kCancelled) return std::nullopt;
  return Slug(status == net::IoStatus::kTimeout ? AttemptEnd::kFirstByteTimeout
                                                : AttemptEnd::kReset);
}

class Checker final : public UpstreamChecker {
 public:
  Checker(std::unique_ptr<net::Reactor> reactor, net::Resolver& resolver, Changed changed)
      : reactor_(std::move(reactor)), resolver_(resolver), changed_(std::move(changed)) {}

  void Use(settings::SettingsPtr settings, std::shared_ptr<const TlsContexts> tls) override {
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    if (!thread_.joinable()) {
      const auto& upstreams = settings->upstreams();
      const bool needed = std::any_of(upstreams.begin(), upstreams.end(), [](const auto& upstream) {
        return !upstream->health.check_path.empty();
      });
      if (!needed) return;
      thread_ = std::thread([this] { Run(); });
    }
    reactor_->Post([this, settings = std::move(settings), tls = std::move(tls)]() mutable {
      Take(std::move(settings), std::move(tls));
    });
  }

  void Stop() override {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    if (!thread_.joinable()) return;
    reactor_->Stop();
    thread_.join();
  }

 private:
  void Run() {
    reactor_->Run([] {});
    for (auto& [name, check] : checks_) check->waiter.Cancel();
  }

  void Take(settings::SettingsPtr settings, std::shared_ptr<const TlsContexts> tls) {
    settings_ = std::move(settings);
    tls_ = std::move(tls);
    std::map<std::string, std::shared_ptr<Check>> before = std::exchange(checks_, {});
    for (const auto& upstream : settings_->upstreams()) {
      if (upstream->health.check_path.empty()) continue;
      const auto found = before.find(upstream->name);
      std::shared_ptr<Check> old = found == before.end() ? nullptr : found->second;
      if (found != before.end()) before.erase(found);
      if (old != nullptr && old->rules == upstream->health) {
        checks_.emplace(upstream->name, std::move(old));
        continue;
      }
      auto check = std::make_shared<Check>(*reactor_, upstream->name, upstream->health);
      if (old != nullptr) {
        check->failing = old->failing;
        old->waiter.Cancel();
      }
      checks_.emplace(upstream->name, check);
      tasks_.Spawn(CheckOn(std::move(check)));
    }
    for (auto& [name, check] : before) {
      check->waiter.Cancel();
      if (check->failing) changed_(name, "");
    }
  }

  net::Task<void> CheckOn(std::shared_ptr<Check> check) {
    while (!check->waiter.cancelled()) {
      const net::LoopTime next = reactor_->After(check->rules.check_interval);
      const Finding finding = co_await Ask(*check);
      if (check->waiter.cancelled()) co_return;
      if (finding) Judge(*check, *finding);
      (void)co_await net::Sleep(check->waiter, next);
    }
  }

  void Judge(Check& check, const std::string& cause) {
    const bool failed = !cause.empty();
    if (failed == check.failing) {
      check.in_a_row = 0;
      return;
    }
    const uint32_t needed = failed ? check.rules.unhealthy_after : check.rules.healthy_after;
    if (++check.in_a_row < needed) return;
    check.in_a_row = 0;
    check.failing = failed;
    changed_(check.upstream, cause);
  }

  const UpstreamSettings* Find(const settings::RuntimeSettings& settings, const std::string& name) {
    for (const auto& upstream : settings.upstreams())
      if (upstream->name == name) return upstream.get();
    return nullptr;
  }

  net::Task<Finding> Ask(Check& check) {
    // Held: others may come while it waits.
    const settings::SettingsPtr settings = settings_;
    const std::shared_ptr<const TlsContexts> contexts = tls_;
    const UpstreamSettings* upstream = Find(*settings, check.upstream);
    if (upstream == nullptr) co_return std::nullopt;
    const net::LoopTime deadline = reactor_->After(check.rules.check_timeout);
    net::Connected connected =
        co_await Dial({check.waiter, resolver_, nullptr, *contexts, *upstream, upstream->endpoint,
                       upstream->tls.server_name, deadline});
    if (connected.stream == nullptr) co_return FindingOf(connected.failure);
    const std::string head = CheckHead(*upstream);
    const net::IoResult sent =
        co_await net::WriteHeld(check.waiter, *connected.stream, head, deadline);
    if (!sent.ok()) co_return FindingOf(sent.status);
    co_return co_await ReadStatus(check, *connected.stream, deadline);
  }

  net::Task<Finding> ReadStatus(Check& check, net::Stream& stream, net::LoopTime deadline) {
    std::string got;
    int interim = 0;
    while (true) {
      net::http1::ResponseHead head;
      net::http1::HeadFault fault = net::http1::HeadFault::kNone;
      const auto parsed = net::http1::ParseResponseHead(got, kHeadLimits, "GET", head, fault);
      if (parsed == net::http1::ParseStatus::kError) co_return Slug(AttemptEnd::kBadResponse);
      if (parsed == net::http1::ParseStatus::kDone && head.status >= 200) {
        // A refused credential says nothing of the upstream; others may be good.
        const bool refused = head.status == 401 || head.status == 403 || head.status == 429;
        if (head.status < 300 || refused) co_return std::string();
        co_return "status " + std::to_string(head.status);
      }
      if (parsed == net::http1::ParseStatus::kDone) {
        // While they keep coming no read waits, so no deadline would be seen.
        if (++interim > kMostInterimResponses) co_return Slug(AttemptEnd::kBadResponse);
        got.erase(0, head.head_bytes);
        continue;
      }
      const std::span<char> buffer = reactor_->read_buffer();
      const net::IoResult read = co_await net::Read(check.waiter, stream, buffer, deadline);
      if (!read.ok()) co_return FindingOf(read.status);
      got.append(buffer.data(), read.bytes);
    }
  }

  // Constant after construction.
  const std::unique_ptr<net::Reactor> reactor_;
  net::Resolver& resolver_;
  const Changed changed_;

  std::mutex mutex_;
  bool stopped_ = false;  // guarded by mutex_
  std::thread thread_;    // guarded by mutex_

  // The thread's only.
  settings::SettingsPtr settings_;
  std::shared_ptr<const TlsContexts> tls_;
  std::map<std::string, std::shared_ptr<Check>> checks_;
  net::TaskGroup tasks_;
};

}  // namespace

Result<std::unique_ptr<UpstreamChecker>> UpstreamChecker::Make(net::Resolver& resolver,
                                                               Changed changed) {
  TRY_ASSIGN(std::unique_ptr<net::Reactor> reactor, net::Reactor::Make());
  return std::make_unique<Checker>(std::move(reactor), resolver, std::move(changed));
}

}  // namespace llmgw::forward

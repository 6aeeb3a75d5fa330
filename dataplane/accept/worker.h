#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "dataplane/accept/connection.h"
#include "dataplane/accept/connection_refuser.h"
#include "dataplane/accept/gateway.h"
#include "dataplane/accept/health_board.h"
#include "dataplane/accept/limits.h"
#include "dataplane/forward/worker_state.h"
#include "dataplane/net/task_group.h"

namespace llmgw::accept {

// One worker: a thread with its own loop, listener, pool, recorder. Construction and Start on one
// thread; then Post, Stop, in_flight and load from any.
class Worker {
 public:
  Worker(const GatewayOptions& options, ProcessLimits& limits,
         std::unique_ptr<net::Reactor> reactor, net::Resolver& resolver, net::Fd listener,
         std::unique_ptr<record::Recorder> recorder);
  // REQUIRES: stopped.
  ~Worker();

  void Start();
  // Runs on the worker's thread.
  void Post(std::function<void(Worker&)> work);
  // Ends the loop, cancelling what is left, and joins.
  void Stop();

  uint64_t in_flight() const { return pipeline_.in_flight(); }
  const WorkerLoad& load() const { return load_; }
  std::vector<model::UpstreamHealth> health() const { return health_.Get(); }
  // Its counts only.
  const forward::Errands& errands() const { return forward_.errands; }

  // Worker thread only.
  void Use(settings::SettingsPtr settings, std::shared_ptr<const forward::TlsContexts> tls);
  // The upstream's active checks fail because of that; empty: no longer.
  void SetCheck(const std::string& upstream, const std::string& cause);
  void UseTls(std::shared_ptr<const net::TlsServerContext> tls) { context_.tls = std::move(tls); }
  void BeginDrain();
  void CancelAll();
  // Calls `done` on this thread as soon as no connection is left.
  void WhenEmpty(std::function<void()> done);

 private:
  // Wakes the loop in time for its turn to hand over what has been batched.
  class FlushTimer final : public net::TimerEntry {
    void OnDeadline() override {}
  };

  void Run();
  void OnTurn();
  void FlushRecords(net::LoopTime now);
  void PublishHealth(net::LoopTime now);
  void ReleaseIfEmpty();
  net::Task<void> AcceptLoop();
  void Accept(net::Fd fd, const net::Address& peer);
  int RefuseOne();

  const GatewayOptions& options_;
  WorkerLoad load_;
  const std::unique_ptr<net::Reactor> reactor_;
  const std::unique_ptr<record::Recorder> recorder_;
  net::http1::HeadPool heads_;
  net::http1::BodyBudget body_budget_;
  forward::WorkerState forward_;
  pipeline::RequestPipeline pipeline_;
  ConnectionContext context_;
  std::unique_ptr<net::Descriptor> listener_;
  net::Waiter accept_waiter_;
  // Given up when there is no other descriptor left, so that a client can be told.
  net::Fd spare_;
  ConnectionRefuser refuser_;
  net::LoopTime next_sweep_ = 0;
  FlushTimer flush_timer_;
  net::LoopTime flush_at_ = net::kNever;  // kNever: nothing is batched
  HealthBoard health_;
  FlushTimer health_timer_;
  net::LoopTime health_at_ = 0;  // not published again before
  std::function<void()> when_empty_;
  net::TaskGroup tasks_;
  std::thread thread_;
};

}  // namespace llmgw::accept

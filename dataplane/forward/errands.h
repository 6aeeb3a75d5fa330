#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>

#include "dataplane/net/reactor.h"
#include "dataplane/net/task.h"
#include "dataplane/net/task_group.h"

namespace llmgw::forward {

// Something that is still to be said to an upstream when the request that it was about is over (a
// prediction is to be cancelled). It holds all that it needs, and bounds its own time.
class Errand {
 public:
  virtual ~Errand() = default;
  // True: it was done.
  virtual net::Task<bool> Run(net::Waiter& waiter) = 0;
};

// The errands of one worker: a bounded number, which end with the worker. Worker thread only, but
// for the counts, which any thread may read.
class Errands {
 public:
  static constexpr size_t kMost = 256;

  Errands() = default;
  // REQUIRES: empty().
  ~Errands() = default;
  Errands(const Errands&) = delete;
  Errands& operator=(const Errands&) = delete;

  // Begins it at once; dropped, and counted so, when too many run.
  void Start(net::Reactor& reactor, std::unique_ptr<Errand> errand);
  // Ends all of them now.
  void CancelAll();
  bool empty() const { return running_.empty(); }

  uint64_t done() const { return done_.load(std::memory_order_relaxed); }
  uint64_t failed() const { return failed_.load(std::memory_order_relaxed); }
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Running {
    Running(net::Reactor& reactor, std::unique_ptr<Errand> what)
        : waiter(reactor), errand(std::move(what)) {}
    net::Waiter waiter;
    std::unique_ptr<Errand> errand;
  };
  using Place = std::list<Running>::iterator;

  net::Task<void> Run(Place place);

  net::TaskGroup tasks_;
  std::list<Running> running_;
  std::atomic<uint64_t> done_{0};
  std::atomic<uint64_t> failed_{0};
  std::atomic<uint64_t> dropped_{0};
};

}  // namespace llmgw::forward

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "dataplane/net/dns_cache.h"
#include "dataplane/net/reactor.h"

namespace llmgw::net {

// Looks names up through c-ares (hosts file, then DNS) on a thread of its own that sleeps while
// there is nothing to do. Keeps answers (DnsCache). Safe for concurrent use.
class Resolver {
 public:
  // `servers`: "192.0.2.1:53", separated by commas; empty: the system's.
  static Result<std::unique_ptr<Resolver>> Start(const std::string& servers = {});
  // Ends the thread; lookups under way are answered with an error.
  virtual ~Resolver() = default;

  // `done` is called once, on the resolver's thread.
  virtual void Lookup(std::string host, const DnsBounds& bounds,
                      std::function<void(HostAddresses)> done) = 0;
};

// co_await Resolve(waiter, resolver, host, bounds, deadline). An IP literal is answered at once.
class Resolve final : public WaitOp {
 public:
  Resolve(Waiter& waiter, Resolver& resolver, const std::string& host, const DnsBounds& bounds,
          LoopTime deadline)
      : waiter_(waiter), resolver_(resolver), host_(host), bounds_(bounds), deadline_(deadline) {}
  ~Resolve();
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> handle);
  // Empty addresses with an empty error: the wait ended early, `wake()` says why.
  HostAddresses await_resume();
  bool TryComplete() override;
  Wake wake() const { return waiter_.wake(); }

 private:
  // Shared with the answer that is on its way: whichever side goes first leaves the other a null or
  // a result nobody reads.
  struct Pending {
    Resolve* op = nullptr;
    HostAddresses answer;
    bool done = false;
  };

  Waiter& waiter_;
  Resolver& resolver_;
  const std::string& host_;
  const DnsBounds bounds_;
  LoopTime deadline_;
  std::shared_ptr<Pending> pending_;
};

}  // namespace llmgw::net

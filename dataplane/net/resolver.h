#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataplane/net/address.h"
#include "dataplane/net/reactor.h"

namespace llmgw::net {

// What a name resolved to. Ports are 0. Empty addresses: `error` says why.
struct HostAddresses {
  std::vector<Address> addresses;
  std::chrono::seconds ttl{0};
  std::string error;
};

// Looks names up through c-ares (hosts file, then DNS) on a thread of its own that sleeps while
// there is nothing to do. Answers are kept for their TTL (at least 1 s, at most 5 min), failures
// for 1 s. Safe for concurrent use.
class Resolver {
 public:
  static Result<std::unique_ptr<Resolver>> Start();
  // Ends the thread; lookups under way are answered with an error.
  virtual ~Resolver() = default;

  // `done` is called once, on the resolver's thread.
  virtual void Lookup(std::string host, std::function<void(HostAddresses)> done) = 0;
};

// co_await Resolve(waiter, resolver, host, deadline). An IP literal is answered at once.
class Resolve final : public WaitOp {
 public:
  Resolve(Waiter& waiter, Resolver& resolver, const std::string& host, LoopTime deadline)
      : waiter_(waiter), resolver_(resolver), host_(host), deadline_(deadline) {}
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
  LoopTime deadline_;
  std::shared_ptr<Pending> pending_;
};

}  // namespace llmgw::net

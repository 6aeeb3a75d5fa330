#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dataplane/net/address.h"
#include "dataplane/net/connector.h"
#include "dataplane/net/stream.h"
#include "dataplane/net/task.h"

namespace llmgw::net {

// The order in which the addresses of a host are tried (RFC 8305 4): IPv6 first, as RFC 6724 has
// it, then the families in turn; within a family as the resolver gave them.
std::vector<Address> Interleaved(const std::vector<Address>& addresses);

// Connects to one of several addresses (RFC 8305 5, "happy eyeballs"): the next one is begun when
// the last has failed or has not answered for 250 ms, and whichever is there first is taken. Lives
// in the frame of whoever connects; the reactor's thread only.
class ConnectionRace {
 public:
  // `addresses` with their ports, in the order to try; at least one. Each may take `timeout`, all
  // together until `latest`.
  ConnectionRace(Waiter& waiter, std::vector<Address> addresses, Millis timeout, LoopTime latest)
      : waiter_(waiter), addresses_(std::move(addresses)), timeout_(timeout), latest_(latest) {}

  // The next connection that is made; those that are still under way go on. When none is left: the
  // failure of the one that failed last.
  struct Winner {
    Connected connected;
    LoopTime deadline = kNever;  // when this address has had its time
  };
  Task<Winner> Next();

  // The connection that Next() gave was of no use: `why` is what to report should no other be.
  void Lost(Connected why) { failure_ = std::move(why); }

 private:
  friend class RaceReady;
  struct Runner {
    std::unique_ptr<Stream> stream;
    Address address;
    LoopTime deadline;
  };

  void StartNext();
  bool TakeConnected(Winner& winner);
  void DropLate();
  LoopTime NextEvent() const;

  Waiter& waiter_;
  const std::vector<Address> addresses_;
  const Millis timeout_;
  const LoopTime latest_;
  size_t next_ = 0;
  LoopTime next_start_ = 0;  // of address next_; 0: at once
  std::vector<Runner> runners_;
  Connected failure_;
};

}  // namespace llmgw::net

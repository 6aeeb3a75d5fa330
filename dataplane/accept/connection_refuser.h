#pragma once

#include <list>
#include <string>

#include "dataplane/net/fd.h"
#include "dataplane/net/reactor.h"
#include "dataplane/net/task.h"
#include "dataplane/net/task_group.h"

namespace llmgw::accept {

// Answers connections for which there is no room: a fixed 503, then the end. A client that sees
// its connection closed without an answer would only come back at once. Costs no connection's
// state. One per worker, worker thread only.
class ConnectionRefuser {
 public:
  // How many may be waited for at once (kPatience each); further ones are answered without waiting.
  static constexpr size_t kMostAtOnce = 64;

  // `answer` is the whole response.
  ConnectionRefuser(net::Reactor& reactor, std::string answer)
      : reactor_(reactor), answer_(std::move(answer)) {}

  // Answers as soon as the client has said something, and closes when it has seen that.
  void Refuse(net::Fd fd);
  // Answers and closes. A client that is still sending may see a reset instead of the answer.
  void RefuseNow(net::Fd fd) const;

  // Ends those that are being waited for. Call before the loop goes.
  void CancelAll();

 private:
  net::Task<void> Serve(net::Fd fd);

  net::Reactor& reactor_;
  const std::string answer_;
  std::list<net::Waiter> waiting_;
  net::TaskGroup tasks_;
};

}  // namespace llmgw::accept

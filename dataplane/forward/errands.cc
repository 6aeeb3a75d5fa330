#include "dataplane/forward/errands.h"

#include <utility>

namespace llmgw::forward {

void Errands::Start(net::Reactor& reactor, std::unique_ptr<Errand> errand) {
  if (running_.size() >= kMost) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  tasks_.Spawn(Run(running_.emplace(running_.end(), reactor, std::move(errand))));
}

net::Task<void> Errands::Run(Place place) {
  const bool done = co_await place->errand->Run(place->waiter);
  (done ? done_ : failed_).fetch_add(1, std::memory_order_relaxed);
  running_.erase(place);
}

void Errands::CancelAll() {
  for (Place place = running_.begin(); place != running_.end();) {
    // Cancelling ends it, which takes it out of the list.
    const Place next = std::next(place);
    place->waiter.Cancel();
    place = next;
  }
}

}  // namespace llmgw::forward

#include "controlplane/snapshot/change_feed.h"

#include <spdlog/spdlog.h>

namespace llmgw::controlplane::snapshot {

ChangeFeed::ChangeFeed(store::ConfigStore& store, Publisher& publisher,
                       std::chrono::milliseconds period)
    : store_(store), publisher_(publisher), period_(period) {}

void ChangeFeed::Start() {
  if (thread_.joinable()) return;
  stopping_ = false;
  thread_ = std::thread([this] { Run(); });
}

void ChangeFeed::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ChangeFeed::Poke() {
  {
    std::lock_guard lock(mutex_);
    poked_ = true;
  }
  wake_.notify_all();
}

std::string ChangeFeed::StoreError() const {
  std::lock_guard lock(mutex_);
  return store_error_;
}

void ChangeFeed::Run() {
  while (true) {
    ReadOnce();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, period_, [this] { return stopping_ || poked_; });
    if (stopping_) return;
    poked_ = false;
  }
}

void ChangeFeed::ReadOnce() {
  auto state = store_.Load();
  std::string error = state ? "" : state.error().Describe();
  std::string before;
  {
    std::lock_guard lock(mutex_);
    before = std::exchange(store_error_, error);
  }
  // Said once per change of fortune, not once per second.
  if (!error.empty() && error != before) {
    spdlog::warn("can't read the configuration: {}; dataplanes go on with what they have", error);
  } else if (error.empty() && !before.empty()) {
    spdlog::info("configuration read, revision {}", (*state)->revision);
  }
  if (state) publisher_.Publish(std::move(*state));
}

}  // namespace llmgw::controlplane::snapshot

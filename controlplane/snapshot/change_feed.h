#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "common/base/error.h"
#include "controlplane/snapshot/publisher.h"
#include "controlplane/store/config_store.h"

namespace llmgw::controlplane::snapshot {

// Reads the store's revision again and again (every second by default) and publishes what is new:
// how changes made through other controlplanes of the same database are seen. Changes made here are
// published by the one who made them, at once.
class ChangeFeed {
 public:
  // All must outlive this.
  ChangeFeed(store::ConfigStore& store, Publisher& publisher,
             std::chrono::milliseconds period = std::chrono::seconds(1));
  ~ChangeFeed() { Stop(); }

  // Idempotent, both. Stop waits for the thread.
  void Start();
  void Stop();

  // Look now. Any thread.
  void Poke();

  // Why the store could not be read the last time; empty: it could. Before the first reading: "not
  // read yet".
  std::string StoreError() const;

 private:
  void Run();
  void ReadOnce();

  store::ConfigStore& store_;
  Publisher& publisher_;
  const std::chrono::milliseconds period_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;                                   // guarded by mutex_
  bool poked_ = false;                                      // guarded by mutex_
  std::string store_error_ = "the store was not read yet";  // guarded by mutex_
  std::thread thread_;
};

}  // namespace llmgw::controlplane::snapshot

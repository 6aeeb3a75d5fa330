#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "common/base/result.h"
#include "controlplane/app/gated_stores.h"

namespace llmgw::controlplane::app {

// Opens the database in the background, trying again (0.5 s, doubling to 10 s) for as long as it is
// away, so that a controlplane that starts before its database waits for it instead of crashing.
class StoreOpener {
 public:
  // `gate` must outlive this. `opened` is called on the opener's thread once the database is open
  // and filled.
  StoreOpener(GatedStores& gate, std::string database_url, std::function<Status()> opened);
  ~StoreOpener() { Stop(); }

  // The first try is made here, so that a wrong URL and the usual quick success are known at once.
  // Only failures that waiting does not mend (kUnavailable does) are returned.
  Status Start();
  // Idempotent; waits for the thread.
  void Stop();

 private:
  Status TryOnce();
  void Run();

  GatedStores& gate_;
  const std::string database_url_;
  const std::function<Status()> opened_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace llmgw::controlplane::app

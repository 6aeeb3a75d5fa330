#pragma once

#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/rpc/pump.h"
#include "controlplane/store/log_store.h"
#include "llmgw/usage/v1/usage_service.pb.h"

namespace llmgw::controlplane::admin_api {

// One TailLogs call: writes what the hub hands it, one batch at a time, so that a slow caller holds
// one batch and nothing else. Owns itself until the call is done.
class TailCall final : public grpc::ServerWriteReactor<usage::v1::RequestRecord> {
 public:
  // `finish` makes the status the call ends with; `wants_more` is told when everything was written,
  // `gone` when the call is over.
  struct Hooks {
    std::function<grpc::Status(const Status&)> finish;
    std::function<void()> wants_more;
    std::function<void(TailCall*)> gone;
  };
  static std::shared_ptr<TailCall> Make(Hooks hooks);

  // Any thread, all of them.
  bool IsReady() const;  // nothing left to write, and not over
  void Deliver(std::vector<store::LogEntry> entries);
  void End(Status outcome);

 private:
  explicit TailCall(Hooks hooks);

  void OnWriteDone(bool ok) override;
  void OnCancel() override { End({}); }
  void OnDone() override;
  bool Step();

  Hooks hooks_;
  std::shared_ptr<TailCall> self_;  // until OnDone
  rpc::Pump pump_;
  usage::v1::RequestRecord writing_record_;  // between a write's start and its reaction

  mutable std::mutex mutex_;
  std::deque<usage::v1::RequestRecord> queue_;  // guarded by mutex_, like all below
  bool writing_ = false;
  bool ended_ = false;
  bool finished_ = false;
  Status outcome_;
};

// Feeds every tail from the store: at once when records came in through this process, every second
// for those that came through others.
class LogTailHub {
 public:
  // `logs` must outlive this.
  explicit LogTailHub(store::LogStore& logs,
                      std::chrono::milliseconds period = std::chrono::seconds(1));
  ~LogTailHub() { Stop({}); }

  void Start();
  // Ends all tails with `outcome` and the thread. Idempotent.
  void Stop(const Status& outcome);

  // A new tail: first the `last` newest matching records, then what comes. kResourceExhausted when
  // there are too many.
  Status Add(std::shared_ptr<TailCall> call, store::LogQuery query, size_t last);
  void Remove(TailCall* call);

  // New records may be there. Any thread.
  void Poke();

 private:
  struct Tail {
    std::shared_ptr<TailCall> call;
    store::LogQuery query;
    size_t last = 0;
    std::optional<uint64_t> position;  // sequence of the last record looked at; unset: not begun
  };

  void Run();
  // Hands one tail its next batch.
  void Feed(Tail& tail);
  Result<std::vector<store::LogEntry>> Begin(Tail& tail);

  store::LogStore& logs_;
  const std::chrono::milliseconds period_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::shared_ptr<Tail>>
      tails_;              // guarded by mutex_; what is in a Tail belongs to the thread
  bool poked_ = false;     // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace llmgw::controlplane::admin_api

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/load/client_connection.h"
#include "tests/bench/load/load_options.h"
#include "tests/bench/load/process_usage.h"
#include "tests/bench/load/request_source.h"
#include "tests/bench/load/sample_set.h"
#include "tests/bench/wire/channel.h"
#include "tests/bench/wire/poller.h"

namespace llmgw::bench {

// What a run measured, between the end of its warm-up and its end.
struct LoadResult {
  double seconds = 0;
  uint64_t answers = 0;  // whole and right
  uint64_t chunks = 0;
  uint64_t faults = 0;       // over the whole run, warm-up included
  std::string first_fault;   // empty: none
  SampleSet latency_ns;      // of requests due within; from then to their last byte
  SampleSet first_chunk_ns;  // of streams due within; from then to their first event
  SampleSet chunk_delay_ns;  // of events read within; from the mock's sending
  ProcessUsage watched;
  ProcessUsage own;
};

// One run of the load generator. Use once, from one thread.
class LoadRun final : private ConnectionOwner {
 public:
  explicit LoadRun(const LoadOptions& options);

  // Returns at the latest a few seconds after what the options ask for, or, when holding, 10
  // minutes.
  LoadResult Run();

 private:
  enum class Phase { kWarmup, kMeasure, kDrain, kOver };

  void OnChunk(ClientConnection& connection, const ChunkStamp& stamp, int64_t now) override;
  void OnAnswer(ClientConnection& connection) override;
  void OnFault(ClientConnection& connection, const std::string& what) override;

  bool open_loop() const { return options_.rate > 0; }
  void Begin(int64_t now);
  void OnTime(int64_t now);
  void SendWhatIsDue(int64_t now);
  void StartRequest(int64_t intended);
  void NextOn(ClientConnection& connection);
  void HoldOneMore();
  void OnHeld();
  void OnHeldAnswer();
  void OnStandardInput();
  void BeginWindow(int64_t now);
  void EndWindow(int64_t now);
  bool DueInWindow(int64_t intended) const;
  int64_t NextWake() const;
  ClientConnection* NewConnection();

  const LoadOptions options_;
  Poller poller_;
  RequestSource source_;
  SslContextPtr tls_;
  ClientConnection::Context context_;
  std::vector<std::unique_ptr<ClientConnection>> connections_;
  std::vector<ClientConnection*> idle_;    // open loop: answered and free
  std::vector<ClientConnection*> broken_;  // closed loop: to be tried again in a moment
  std::deque<int64_t> waiting_;            // open loop: due, but every connection is busy
  Phase phase_ = Phase::kWarmup;
  unsigned in_flight_ = 0;
  unsigned held_ = 0;
  uint64_t started_ = 0;
  double interval_ns_ = 0;  // open loop
  int64_t began_ = 0;
  int64_t window_begins_ = 0;
  int64_t window_ends_ = 0;
  int64_t gives_up_ = 0;
  int64_t retry_at_ = 0;
  uint64_t due_count_ = 0;  // open loop: arrivals so far
  ProcessUsage watched_before_;
  ProcessUsage own_before_;
  LoadResult result_;
};

}  // namespace llmgw::bench

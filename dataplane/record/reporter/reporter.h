#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "dataplane/record/log_spool.h"
#include "dataplane/record/record_outbox.h"

namespace llmgw::record {

struct ReporterOptions {
  // Names this dataplane in every report.
  std::string dataplane_id;
  // Of one batch. More per call costs less; the controlplane stores a batch in one transaction.
  size_t batch_records = 500;
  size_t batch_bytes = 4 << 20;
  // How long the controlplane may take to store a batch before it is sent again.
  std::chrono::milliseconds call_timeout{15'000};
  // Between tries while it is away, jittered.
  std::chrono::milliseconds first_backoff{200};
  std::chrono::milliseconds most_backoff{10'000};
};

// What became of the records, since the start.
struct ReporterCounts {
  uint64_t waiting = 0;  // in the queue, not yet acknowledged
  uint64_t waiting_bytes = 0;
  uint64_t sent = 0;          // acknowledged by the controlplane
  uint64_t refused = 0;       // given up: the controlplane says that the record itself is wrong
  uint64_t dropped = 0;       // for want of room
  uint64_t failed_calls = 0;  // tries that will be repeated
};

// Brings records to the controlplane, in order and at least once: takes them from the workers'
// outbox, keeps them in the queue and sends them in batches; a batch leaves the queue
// when it is acknowledged. One batch is under way at a time. Sleeps while there is nothing to do.
// Has one thread of its own. The counts are safe to read from any.
class Reporter {
 public:
  // Starts the thread. `outbox` must outlive this.
  Reporter(ReporterOptions options, std::shared_ptr<grpc::Channel> channel, RecordOutbox& outbox,
           std::unique_ptr<RecordQueue> queue);
  // Stop() without time to deliver.
  ~Reporter();
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  // Tries to deliver what waits for at most `grace`, then ends the thread. What is left is counted
  // in the log. Idempotent; REQUIRES: the workers have stopped.
  void Stop(std::chrono::milliseconds grace);

  ReporterCounts counts() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace llmgw::record

#pragma once

#include <memory>

#include "dataplane/record/record_encoder.h"
#include "dataplane/record/record_outbox.h"
#include "dataplane/record/recorder.h"
#include "dataplane/record/worker_metrics.h"

namespace llmgw::record {

// The Recorder of one worker: counts every request, encodes the records of those that are to be
// logged, and hands them to the reporter, kBatch at a time or at Flush(), whichever comes first.
class WorkerRecorder final : public Recorder {
 public:
  static constexpr size_t kBatch = 500;
  static constexpr size_t kBatchBytes = 1 << 20;  // with bodies in them a batch is full sooner

  // Nobody collects records, they are only counted. `metrics` must outlive this.
  explicit WorkerRecorder(WorkerMetrics& metrics) : metrics_(metrics) {}
  // `box` must outlive this too.
  WorkerRecorder(WorkerMetrics& metrics, RecordBox& box, std::unique_ptr<RecordEncoder> encoder)
      : metrics_(metrics), box_(&box), encoder_(std::move(encoder)) {}
  // What is still batched is handed over.
  ~WorkerRecorder() override { Flush(); }

  void RequestStarted() override { metrics_.RequestStarted(); }
  void Record(const model::RequestRecord& record) override;
  void ChunksRelayed(uint64_t count) override { metrics_.ChunksRelayed(count); }
  bool waiting() const override { return !batch_.empty(); }
  void TunnelOpened() override { metrics_.tunnels_opened.Add(1); }
  void TunnelBytes(uint64_t from_client, uint64_t from_upstream) override {
    metrics_.TunnelBytes(from_client, from_upstream);
  }
  void TunnelClosed() override { metrics_.tunnels_closed.Add(1); }
  void Flush() override;

 private:
  WorkerMetrics& metrics_;
  RecordBox* box_ = nullptr;
  std::unique_ptr<RecordEncoder> encoder_;
  RecordBlock batch_;
};

}  // namespace llmgw::record

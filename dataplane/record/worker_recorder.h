#pragma once

#include <memory>

#include "dataplane/record/record_outbox.h"
#include "dataplane/record/recorder.h"
#include "dataplane/record/worker_metrics.h"

namespace llmgw::record {

// The Recorder of one worker: counts every request, and hands the records of those that are to be
// logged to the reporter, kBatch at a time or at Flush(), whichever comes first.
class WorkerRecorder final : public Recorder {
 public:
  static constexpr size_t kBatch = 256;

  // `box` null: nobody collects records, they are only counted. Both must outlive this.
  WorkerRecorder(WorkerMetrics& metrics, RecordBox* box) : metrics_(metrics), box_(box) {}
  // What is still batched is handed over.
  ~WorkerRecorder() override { Flush(); }

  void RequestStarted() override { metrics_.RequestStarted(); }
  void Record(std::unique_ptr<model::RequestRecord> record) override;
  void ChunksRelayed(uint64_t count) override { metrics_.ChunksRelayed(count); }
  void Flush() override;

 private:
  WorkerMetrics& metrics_;
  RecordBox* box_;
  RecordBatch batch_;
};

}  // namespace llmgw::record

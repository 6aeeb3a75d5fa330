#include "dataplane/record/worker_recorder.h"

#include <utility>

namespace llmgw::record {

void WorkerRecorder::Record(std::unique_ptr<model::RequestRecord> record) {
  metrics_.Record(*record);
  if (box_ == nullptr || record->log_policy == model::LogPolicy::kNone) return;
  if (batch_.capacity() == 0) batch_.reserve(kBatch);
  batch_.push_back(std::move(record));
  if (batch_.size() >= kBatch) Flush();
}

void WorkerRecorder::Flush() {
  if (box_ != nullptr) box_->Put(batch_);
}

}  // namespace llmgw::record

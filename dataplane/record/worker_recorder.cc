#include "dataplane/record/worker_recorder.h"

#include <utility>

namespace llmgw::record {

void WorkerRecorder::Record(const model::RequestRecord& record) {
  metrics_.Record(record);
  if (box_ == nullptr || record.log_policy == model::LogPolicy::kNone) return;
  const size_t begin = batch_.bytes.size();
  encoder_->Append(record, batch_.bytes);
  batch_.sizes.push_back(static_cast<uint32_t>(batch_.bytes.size() - begin));
  if (batch_.sizes.size() >= kBatch || batch_.bytes.size() >= kBatchBytes) Flush();
}

void WorkerRecorder::Flush() {
  if (batch_.empty()) return;
  box_->Put(std::exchange(batch_, {}));
}

}  // namespace llmgw::record

#include "dataplane/record/record_outbox.h"

#include <iterator>
#include <utility>

namespace llmgw::record {
namespace {

void MoveAll(RecordBatch& from, RecordBatch& to) {
  if (to.empty()) {
    to.swap(from);
  } else {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    from.clear();
  }
}

}  // namespace

size_t ApproximateBytes(const model::RequestRecord& record) {
  return sizeof(record) + record.request_body.capacity() + record.response_body.capacity() +
         record.path.capacity() + record.user_agent.capacity() +
         record.attempts.capacity() * sizeof(model::AttemptRecord);
}

void RecordBox::Put(RecordBatch& batch) {
  if (batch.empty()) return;
  size_t bytes = 0;
  for (const auto& record : batch) bytes += ApproximateBytes(*record);
  bool fits;
  bool was_empty = false;
  {
    std::lock_guard lock(mutex_);
    fits = records_.size() + batch.size() <= limits_.records && bytes_ + bytes <= limits_.bytes;
    if (fits) {
      was_empty = records_.empty();
      bytes_ += bytes;
      MoveAll(batch, records_);
    }
  }
  if (!fits) {
    dropped_.fetch_add(batch.size(), std::memory_order_relaxed);
    batch.clear();
  }
  // One wake-up per Take() is enough.
  if (was_empty) wake_.Signal();
}

RecordBatch RecordBox::Take() {
  std::lock_guard lock(mutex_);
  bytes_ = 0;
  return std::exchange(records_, {});
}

RecordBox& RecordOutbox::AddBox() {
  std::lock_guard lock(mutex_);
  return *boxes_.emplace_back(std::make_unique<RecordBox>(*wake_, limits_));
}

RecordBatch RecordOutbox::TakeAll() {
  RecordBatch all;
  std::lock_guard lock(mutex_);
  for (const auto& box : boxes_) {
    RecordBatch batch = box->Take();
    MoveAll(batch, all);
  }
  return all;
}

uint64_t RecordOutbox::dropped() const {
  std::lock_guard lock(mutex_);
  uint64_t dropped = 0;
  for (const auto& box : boxes_) dropped += box->dropped();
  return dropped;
}

}  // namespace llmgw::record

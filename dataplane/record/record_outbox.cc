#include "dataplane/record/record_outbox.h"

#include <iterator>
#include <utility>

namespace llmgw::record {

void RecordBox::Put(RecordBlock block) {
  const size_t count = block.sizes.size();
  const size_t bytes = block.bytes.size();
  bool was_empty = false;
  {
    std::lock_guard lock(mutex_);
    if (records_ + count > limits_.records || bytes_ + bytes > limits_.bytes) {
      dropped_.fetch_add(count, std::memory_order_relaxed);
      return;
    }
    was_empty = blocks_.empty();
    records_ += count;
    bytes_ += bytes;
    blocks_.push_back(std::move(block));
  }
  // One wake-up per TakeTo() is enough.
  if (was_empty) wake_.Signal();
}

void RecordBox::TakeTo(std::vector<RecordBlock>& blocks) {
  std::lock_guard lock(mutex_);
  std::move(blocks_.begin(), blocks_.end(), std::back_inserter(blocks));
  blocks_.clear();
  records_ = 0;
  bytes_ = 0;
}

RecordBox& RecordOutbox::AddBox() {
  std::lock_guard lock(mutex_);
  return *boxes_.emplace_back(std::make_unique<RecordBox>(*wake_, limits_));
}

std::vector<RecordBlock> RecordOutbox::TakeAll() {
  std::vector<RecordBlock> all;
  std::lock_guard lock(mutex_);
  for (const auto& box : boxes_) box->TakeTo(all);
  return all;
}

uint64_t RecordOutbox::dropped() const {
  std::lock_guard lock(mutex_);
  uint64_t dropped = 0;
  for (const auto& box : boxes_) dropped += box->dropped();
  return dropped;
}

}  // namespace llmgw::record

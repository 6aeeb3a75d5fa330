#include "dataplane/record/log_spool.h"

#include <utility>

namespace llmgw::record {
namespace {

// An entry costs its bytes and its place in the block.
uint64_t Cost(uint32_t size) { return size + sizeof(uint32_t); }

}  // namespace

void MemoryRecordQueue::Append(RecordBlock block) {
  uint64_t records = records_;
  uint64_t cost = bytes_;
  size_t fit = 0;
  size_t fit_bytes = 0;
  for (const uint32_t size : block.sizes) {
    if (records == limits_.records || cost + Cost(size) > limits_.bytes) break;
    ++records;
    cost += Cost(size);
    ++fit;
    fit_bytes += size;
  }
  dropped_ += block.sizes.size() - fit;
  if (fit == 0) return;
  block.sizes.resize(fit);
  block.bytes.resize(fit_bytes);
  blocks_.push_back(std::move(block));
  records_ = records;
  bytes_ = cost;
}

std::vector<std::string_view> MemoryRecordQueue::Front(size_t max_records, size_t max_bytes) const {
  std::vector<std::string_view> front;
  size_t bytes = 0;
  size_t record = first_record_;
  size_t begin = first_byte_;
  for (const RecordBlock& block : blocks_) {
    for (; record < block.sizes.size(); ++record) {
      const size_t size = block.sizes[record];
      bytes += size;
      if (front.size() == max_records || (!front.empty() && bytes > max_bytes)) return front;
      front.push_back(std::string_view(block.bytes).substr(begin, size));
      begin += size;
    }
    record = begin = 0;
  }
  return front;
}

void MemoryRecordQueue::Acknowledge(size_t count) {
  for (; count > 0; --count) {
    const RecordBlock& block = blocks_.front();
    const uint32_t size = block.sizes[first_record_];
    bytes_ -= Cost(size);
    --records_;
    first_byte_ += size;
    if (++first_record_ < block.sizes.size()) continue;
    blocks_.pop_front();
    first_record_ = first_byte_ = 0;
  }
}

}  // namespace llmgw::record

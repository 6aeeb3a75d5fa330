#include "dataplane/record/log_spool.h"

#include <utility>

namespace llmgw::record {
namespace {

// An entry costs its bytes and what the container and the allocator add.
uint64_t Cost(const std::string& record) { return record.size() + sizeof(std::string) + 16; }

}  // namespace

void MemoryRecordQueue::Append(std::vector<std::string> records) {
  for (std::string& record : records) {
    const uint64_t cost = Cost(record);
    if (queue_.size() >= limits_.records || bytes_ + cost > limits_.bytes) {
      ++dropped_;
      continue;
    }
    bytes_ += cost;
    queue_.push_back(std::move(record));
  }
  records_ = queue_.size();
}

std::vector<std::string_view> MemoryRecordQueue::Front(size_t max_records, size_t max_bytes) const {
  std::vector<std::string_view> front;
  size_t bytes = 0;
  for (const std::string& record : queue_) {
    if (front.size() == max_records) break;
    bytes += record.size();
    if (!front.empty() && bytes > max_bytes) break;
    front.push_back(record);
  }
  return front;
}

void MemoryRecordQueue::Acknowledge(size_t count) {
  for (; count > 0; --count) {
    bytes_ -= Cost(queue_.front());
    queue_.pop_front();
  }
  records_ = queue_.size();
}

}  // namespace llmgw::record

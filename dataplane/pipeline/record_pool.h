#pragma once

#include <memory>
#include <vector>

#include "dataplane/model/request_record.h"

namespace llmgw::pipeline {

// Request records, used again within one worker: their strings keep their memory. One thread.
class RecordPool {
 public:
  // A blank one.
  std::unique_ptr<model::RequestRecord> Take() {
    if (free_.empty()) return std::make_unique<model::RequestRecord>();
    std::unique_ptr<model::RequestRecord> record = std::move(free_.back());
    free_.pop_back();
    return record;
  }
  void Put(std::unique_ptr<model::RequestRecord> record) {
    const bool holds_bodies = record->log_policy == model::LogPolicy::kBodies;
    if (free_.size() >= kMostKept || holds_bodies) return;
    // Assigned as a whole, so that nothing of one request can show up in another; strings that are
    // assigned to keep their memory.
    static const model::RequestRecord kBlank;
    *record = kBlank;
    free_.push_back(std::move(record));
  }

 private:
  static constexpr size_t kMostKept = 256;
  std::vector<std::unique_ptr<model::RequestRecord>> free_;
};

}  // namespace llmgw::pipeline

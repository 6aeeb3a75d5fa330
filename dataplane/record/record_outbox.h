#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "dataplane/record/record_block.h"
#include "dataplane/record/wake_event.h"

namespace llmgw::record {

// Where one worker leaves its records for the reporter. Its mutex is shared by these two only and
// held for a moment. Bounded: what does not fit, because the reporter is stuck, is dropped and
// counted.
class RecordBox {
 public:
  struct Limits {
    size_t records = 20'000;
    size_t bytes = 32 << 20;
  };

  RecordBox(WakeEvent& wake, Limits limits) : wake_(wake), limits_(limits) {}

  // Worker only.
  void Put(RecordBlock block);

  // Moves everything put since the last time to the end of `blocks`. Reporter only.
  void TakeTo(std::vector<RecordBlock>& blocks);

  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  WakeEvent& wake_;
  const Limits limits_;
  std::atomic<uint64_t> dropped_{0};
  std::mutex mutex_;
  std::vector<RecordBlock> blocks_;  // guarded by mutex_, as are the sums over them
  size_t records_ = 0;
  size_t bytes_ = 0;
};

// The boxes of all workers, and the event that says one of them has something.
class RecordOutbox {
 public:
  explicit RecordOutbox(RecordBox::Limits limits = {}) : limits_(limits) {}

  // One more worker's box; lives as long as this. Any thread.
  RecordBox& AddBox();

  // Everything in every box, oldest first per worker. Reporter only.
  std::vector<RecordBlock> TakeAll();

  uint64_t dropped() const;
  const std::shared_ptr<WakeEvent>& wake() const { return wake_; }

 private:
  const RecordBox::Limits limits_;
  const std::shared_ptr<WakeEvent> wake_ = std::make_shared<WakeEvent>();
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<RecordBox>> boxes_;  // guarded by mutex_
};

}  // namespace llmgw::record

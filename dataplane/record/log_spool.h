#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "dataplane/record/record_block.h"

namespace llmgw::record {

// Encoded request records on their way to the controlplane, oldest first. The seam for a durable
// spool: this is all that the reporter knows of where they wait.
//
// Append, Front and Acknowledge are for one thread; the counts for any.
class RecordQueue {
 public:
  virtual ~RecordQueue() = default;

  // Adds a block of records (a durable queue commits it as one). Those that do not fit are dropped
  // and counted, the newest: what waits longest is about to be sent, and a gap at the end of a
  // stretch is easier to see than holes all over it.
  virtual void Append(RecordBlock block) = 0;

  // The oldest records, the same ones until they are acknowledged: at most `max_records`, and at
  // most `max_bytes` together, but at least one when there is one. The views live until the next
  // Acknowledge().
  virtual std::vector<std::string_view> Front(size_t max_records, size_t max_bytes) const = 0;

  // Forgets the `count` oldest. REQUIRES: there are as many.
  virtual void Acknowledge(size_t count) = 0;

  virtual uint64_t records() const = 0;
  virtual uint64_t bytes() const = 0;
  virtual uint64_t dropped() const = 0;
};

// In memory, lost with the process. Bounded in records and in bytes.
class MemoryRecordQueue final : public RecordQueue {
 public:
  struct Limits {
    uint64_t records = 200'000;
    uint64_t bytes = 64 << 20;
  };

  explicit MemoryRecordQueue(Limits limits) : limits_(limits) {}

  void Append(RecordBlock block) override;
  std::vector<std::string_view> Front(size_t max_records, size_t max_bytes) const override;
  void Acknowledge(size_t count) override;
  uint64_t records() const override { return records_.load(std::memory_order_relaxed); }
  uint64_t bytes() const override { return bytes_.load(std::memory_order_relaxed); }
  uint64_t dropped() const override { return dropped_.load(std::memory_order_relaxed); }

 private:
  const Limits limits_;
  std::deque<RecordBlock> blocks_;
  // What is acknowledged of the first block.
  size_t first_record_ = 0;
  size_t first_byte_ = 0;
  std::atomic<uint64_t> records_{0};
  std::atomic<uint64_t> bytes_{0};
  std::atomic<uint64_t> dropped_{0};
};

}  // namespace llmgw::record

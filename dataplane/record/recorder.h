#pragma once

#include <cstdint>

#include "dataplane/model/request_record.h"

namespace llmgw::record {

// Takes the record of every request, whatever its outcome. One per worker, used on that worker's
// thread only. Never blocks, never takes a lock that another worker takes: it counts in the
// worker's own metric cells and hands records on in batches.
class Recorder {
 public:
  virtual ~Recorder() = default;

  // The head of a request has arrived. Every call is followed by exactly one Record().
  virtual void RequestStarted() = 0;

  // The request is over and the record complete; the recorder takes from it what it needs.
  virtual void Record(const model::RequestRecord& record) = 0;

  // A stream event or chunk was relayed; counted only.
  virtual void ChunksRelayed(uint64_t count) = 0;

  // A connection was switched to another protocol; every call is followed by one TunnelClosed().
  // What passed meanwhile; counted only.
  virtual void TunnelOpened() {}
  virtual void TunnelBytes(uint64_t /*from_client*/, uint64_t /*from_upstream*/) {}
  virtual void TunnelClosed() {}

  // Records are batched and wait for Flush().
  virtual bool waiting() const = 0;
  // Hands over what is batched. The worker's loop calls it within 100 ms of the first record of a
  // batch, and before it ends.
  virtual void Flush() = 0;
};

}  // namespace llmgw::record

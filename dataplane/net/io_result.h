#pragma once

#include <cstddef>
#include <cstdint>

namespace llmgw::net {

enum class IoStatus : uint8_t {
  kOk,
  kAgain,      // nothing now; only from the Try… functions
  kEof,        // the peer ended its side
  kError,      // the connection is broken
  kTimeout,    // the deadline passed
  kPeerGone,   // the guarded peer (the client) left meanwhile
  kCancelled,  // the worker is stopping
};

struct IoResult {
  IoStatus status = IoStatus::kOk;
  size_t bytes = 0;

  bool ok() const { return status == IoStatus::kOk; }
};

}  // namespace llmgw::net

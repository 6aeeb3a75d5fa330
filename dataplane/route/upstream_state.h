#pragma once

#include <cstdint>

#include "dataplane/route/latency_average.h"

namespace llmgw::route {

// What a worker has seen of one upstream. Shared by the tables of settings that follow each other.
// Worker thread only.
struct UpstreamState {
  uint64_t name_hash = 0;  // StableHash of its name
  uint32_t pending = 0;    // requests under way
  uint32_t next_credential = 0;
  LatencyAverage first_byte;  // kept only where a route chooses by it
};

}  // namespace llmgw::route

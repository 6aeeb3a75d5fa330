#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace llmgw::record {

// Encoded request records, one after the other, on their way from a worker to the controlplane.
struct RecordBlock {
  std::string bytes;
  std::vector<uint32_t> sizes;  // of each record, in order; their sum is bytes.size()

  bool empty() const { return sizes.empty(); }
};

}  // namespace llmgw::record

#pragma once

#include <cstdint>
#include <string>

namespace llmgw::pipeline {

// Makes request ids: "req_" and 24 characters of a-z2-7 (120 bits), seeded from the kernel once per
// worker. Unique for practical purposes across dataplanes and restarts; not a secret. One thread.
class RequestIdSource {
 public:
  RequestIdSource();
  // Replaces what `id` holds.
  void Next(std::string& id);

 private:
  uint64_t NextRandom();

  uint64_t state_[2];
};

}  // namespace llmgw::pipeline

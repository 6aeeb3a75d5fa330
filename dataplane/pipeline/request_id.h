#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace llmgw::pipeline {

// Makes request ids: "req_" and 24 characters of 2-7a-z, five bits each: first the time in
// milliseconds (50 bits), then random ones (70 bits), seeded from the kernel once per worker. Later
// ids sort after earlier ones (as RFC 9562's UUID version 7), so that a database adds them at the
// end of its indexes instead of all over them. Unique for practical purposes across dataplanes and
// restarts; not a secret. One thread.
class RequestIdSource {
 public:
  RequestIdSource();
  // Replaces what `id` holds.
  void Next(std::chrono::system_clock::time_point now, std::string& id);

 private:
  uint64_t NextRandom();

  uint64_t state_[2];
};

}  // namespace llmgw::pipeline

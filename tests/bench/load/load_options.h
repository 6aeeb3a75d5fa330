#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/wire/chunk_stamp.h"

namespace llmgw::bench {

// What the load generator is to do; the defaults and meanings are in --help.
struct LoadOptions {
  uint16_t port = 0;
  bool tls = false;
  unsigned connections = 32;
  double rate = 0;  // requests per second; 0: closed loop
  double warmup_seconds = 0.5;
  double seconds = 3;
  uint64_t requests = 0;  // instead of seconds; 0: no such bound
  std::string shape = "chat";
  size_t body_bytes = 1024;
  std::string model = "bench-plain";
  std::string tokens_file;
  StreamPlan stream;
  bool new_connections = false;
  bool hold = false;
  std::vector<pid_t> watched;
};

// nullopt after --help or a mistake, `exit_code` then saying which.
std::optional<LoadOptions> ParseLoadOptions(int argc, char** argv, int& exit_code);

}  // namespace llmgw::bench

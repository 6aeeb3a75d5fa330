#pragma once

#include <prometheus/collectable.h>

#include <string>

namespace llmgw::observe {

// What every daemon shows of itself, read from /proc when it is asked for:
// process_cpu_seconds_total, process_resident_memory_bytes, process_open_fds, process_max_fds,
// process_start_time_seconds, process_threads, and llmgw_build_info{program,version}. Safe for
// concurrent use.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  ProcessMetrics(std::string program, std::string version);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::string program_;
  std::string version_;
  double start_time_seconds_;
};

}  // namespace llmgw::observe

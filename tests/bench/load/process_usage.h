#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace llmgw::bench {

// CPU time that processes have used since they began, all threads and those that have ended
// included.
struct ProcessUsage {
  int64_t cpu_ns = 0;  // exact
  // The same in clock ticks, split; only good for the ratio of the two.
  int64_t user_ticks = 0;
  int64_t system_ticks = 0;

  // Of all of them together. A process that has gone ends the program: its measurement is void.
  static ProcessUsage Of(const std::vector<pid_t>& processes);

  ProcessUsage operator-(const ProcessUsage& earlier) const;
  // How much of cpu_ns was spent outside the kernel, 0 to 1.
  double UserShare() const;
};

}  // namespace llmgw::bench

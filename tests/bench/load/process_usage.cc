#include "tests/bench/load/process_usage.h"

#include <ctime>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/bench/wire/clock.h"
#include "tests/bench/wire/poller.h"

namespace llmgw::bench {
namespace {

// Fields 14 and 15 of proc(5)'s stat; the program's name before them may hold spaces.
void AddTicks(pid_t process, ProcessUsage& usage) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) Die("a watched process has ended");
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  int64_t user = 0;
  int64_t system = 0;
  fields >> user >> system;
  usage.user_ticks += user;
  usage.system_ticks += system;
}

}  // namespace

ProcessUsage ProcessUsage::Of(const std::vector<pid_t>& processes) {
  ProcessUsage usage;
  for (const pid_t process : processes) {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) {
      Die("the CPU clock of a watched process");
    }
    usage.cpu_ns += time.tv_sec * kSecond + time.tv_nsec;
    AddTicks(process, usage);
  }
  return usage;
}

ProcessUsage ProcessUsage::operator-(const ProcessUsage& earlier) const {
  return {.cpu_ns = cpu_ns - earlier.cpu_ns,
          .user_ticks = user_ticks - earlier.user_ticks,
          .system_ticks = system_ticks - earlier.system_ticks};
}

double ProcessUsage::UserShare() const {
  const int64_t ticks = user_ticks + system_ticks;
  return ticks == 0 ? 0 : static_cast<double>(user_ticks) / static_cast<double>(ticks);
}

}  // namespace llmgw::bench

#include "common/observe/process_metrics.h"

#include <dirent.h>
#include <prometheus/metric_family.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <utility>

namespace llmgw::observe {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Single(const char* name, const char* help, MetricType type, double value) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  auto& metric = family.metric.emplace_back();
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  return family;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");  // proc(5): total and resident size in pages
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double CountEntries(const char* folder) {
  DIR* entries = opendir(folder);
  if (entries == nullptr) return 0;
  double count = 0;
  while (const dirent* entry = readdir(entries)) {
    if (entry->d_name[0] != '.') ++count;
  }
  closedir(entries);
  return count;
}

double OpenFileLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

ProcessMetrics::ProcessMetrics(std::string program, std::string version)
    : program_(std::move(program)),
      version_(std::move(version)),
      start_time_seconds_(
          std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
              .count()) {}

std::vector<MetricFamily> ProcessMetrics::Collect() const {
  MetricFamily build =
      Single("llmgw_build_info", "Always 1; the labels say what runs.", MetricType::Gauge, 1);
  build.metric[0].label = {{"program", program_}, {"version", version_}};
  return {
      std::move(build),
      Single("process_cpu_seconds_total", "User and system time used.", MetricType::Counter,
             CpuSeconds()),
      Single("process_resident_memory_bytes", "Memory in RAM.", MetricType::Gauge, ResidentBytes()),
      // Less the one that counting takes.
      Single("process_open_fds", "Open file descriptors.", MetricType::Gauge,
             CountEntries("/proc/self/fd") - 1),
      Single("process_max_fds", "The most that may be open.", MetricType::Gauge, OpenFileLimit()),
      Single("process_threads", "Threads.", MetricType::Gauge, CountEntries("/proc/self/task")),
      Single("process_start_time_seconds", "When it started, in seconds since 1970.",
             MetricType::Gauge, start_time_seconds_),
  };
}

}  // namespace llmgw::observe

// The clients of the benchmark. `llmgw-bench-load --help` tells what it can do.
#include <csignal>
#include <cstdio>

#include "tests/bench/load/load_options.h"
#include "tests/bench/load/load_run.h"

namespace llmgw::bench {
namespace {

double Micros(int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e3; }

double PerUnit(double total, uint64_t units) {
  return units == 0 ? 0 : total / static_cast<double>(units);
}

void PrintPercentiles(const char* name, SampleSet& samples) {
  if (samples.size() == 0) return;
  std::printf("%s_p50_us=%.2f\n", name, Micros(samples.Percentile(0.5)));
  std::printf("%s_p99_us=%.2f\n", name, Micros(samples.Percentile(0.99)));
  std::printf("%s_p999_us=%.2f\n", name, Micros(samples.Percentile(0.999)));
}

void PrintCpu(const char* unit, const ProcessUsage& usage, uint64_t units) {
  const double cpu = PerUnit(Micros(usage.cpu_ns), units);
  std::printf("cpu_us_per_%s=%.3f\n", unit, cpu);
  std::printf("user_us_per_%s=%.3f\n", unit, cpu * usage.UserShare());
  std::printf("system_us_per_%s=%.3f\n", unit, cpu * (1 - usage.UserShare()));
}

void Print(const LoadOptions& options, LoadResult& result) {
  const double window_ns = result.seconds * 1e9;
  std::printf("faults=%lu\n", result.faults);
  if (!result.first_fault.empty()) std::printf("first_fault=%s\n", result.first_fault.c_str());
  if (window_ns == 0) return;
  std::printf("answers=%lu\n", result.answers);
  std::printf("rps=%.1f\n", static_cast<double>(result.answers) / result.seconds);
  std::printf("load_busy=%.3f\n", static_cast<double>(result.own.cpu_ns) / window_ns);
  if (!options.watched.empty()) {
    std::printf("proxy_busy=%.3f\n", static_cast<double>(result.watched.cpu_ns) / window_ns);
  }
  if (options.stream.chunks == 0) {
    if (!options.watched.empty()) PrintCpu("request", result.watched, result.answers);
    PrintPercentiles("latency", result.latency_ns);
    return;
  }
  std::printf("chunks=%lu\n", result.chunks);
  if (!options.watched.empty()) PrintCpu("chunk", result.watched, result.chunks);
  PrintPercentiles("first_chunk", result.first_chunk_ns);
  PrintPercentiles("chunk_delay", result.chunk_delay_ns);
}

}  // namespace
}  // namespace llmgw::bench

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = llmgw::bench::ParseLoadOptions(argc, argv, exit_code);
  if (!options) return exit_code;
  std::signal(SIGPIPE, SIG_IGN);
  llmgw::bench::RaiseDescriptorLimit();
  llmgw::bench::LoadRun run(*options);
  llmgw::bench::LoadResult result = run.Run();
  llmgw::bench::Print(*options, result);
  return result.faults == 0 ? 0 : 1;
}

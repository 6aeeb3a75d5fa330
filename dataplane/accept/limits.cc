#include "dataplane/accept/limits.h"

#include <sys/resource.h>

#include <algorithm>

#include "dataplane/accept/connection_refuser.h"
#include "dataplane/accept/gateway.h"

namespace llmgw::accept {
namespace {

// Log, ops endpoints, gRPC, DNS, data folder; and of each worker: loop, listener, spare.
constexpr uint64_t kReservedDescriptors = 64;
constexpr uint64_t kReservedPerWorker = 8 + ConnectionRefuser::kMostAtOnce;
constexpr uint64_t kFewestDescriptors = 32;
// Where descriptors are not limited, something else will be.
constexpr uint64_t kMostDescriptors = 4'000'000;

// Idle clients must leave descriptors for the requests of those that are not: a quarter.
uint64_t MaxConnections(const GatewayOptions& options, uint64_t descriptors) {
  return options.max_connections != 0 ? options.max_connections : descriptors - descriptors / 4;
}

uint64_t OrUnlimited(uint64_t limit) { return limit == 0 ? net::Budget::kUnlimited : limit; }

// Spare parts that lie idle with the workers are a sixteenth of a limit at most (two steps each);
// small limits are exact.
uint64_t Step(uint64_t limit, unsigned workers, uint64_t most) {
  return std::min(limit / (uint64_t{32} * workers), most);
}

}  // namespace

uint64_t UsableDescriptors(unsigned workers) {
  rlimit limit{};
  uint64_t descriptors = kMostDescriptors;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    descriptors = std::min<uint64_t>(limit.rlim_cur, kMostDescriptors);
  const uint64_t reserve = kReservedDescriptors + kReservedPerWorker * workers;
  return std::max(descriptors > reserve ? descriptors - reserve : 0, kFewestDescriptors);
}

ProcessLimits::ProcessLimits(const GatewayOptions& options, unsigned worker_count)
    : workers(worker_count),
      descriptors(UsableDescriptors(worker_count)),
      connections(MaxConnections(options, descriptors.limit())),
      in_flight(OrUnlimited(options.max_in_flight)),
      memory(options.body_memory_bytes),
      files(options.max_spooled_bytes) {}

// Connections come and go rarely enough for a counter that all workers share; requests don't.
WorkerLoad::WorkerLoad(ProcessLimits& limits)
    : descriptors(limits.descriptors, Step(limits.descriptors.limit(), limits.workers, 64)),
      connections(limits.connections, 0),
      in_flight(limits.in_flight, Step(limits.in_flight.limit(), limits.workers, 64)),
      memory(limits.memory, Step(limits.memory.limit(), limits.workers, 1 << 20)),
      files(limits.files, Step(limits.files.limit(), limits.workers, 4 << 20)) {}

}  // namespace llmgw::accept

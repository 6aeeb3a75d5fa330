#pragma once

#include <cstdint>

#include "dataplane/model/overload.h"
#include "dataplane/net/budget.h"

namespace llmgw::accept {

struct GatewayOptions;

// Descriptors for clients and their requests: RLIMIT_NOFILE less a reserve for the process itself,
// its listeners and the connections that are being refused. At least 32.
uint64_t UsableDescriptors(unsigned workers);

// What the whole process may hold. Any thread.
struct ProcessLimits {
  ProcessLimits(const GatewayOptions& options, unsigned workers);

  const unsigned workers;
  // A connection takes one, a request another one for its upstream: so the process does not run
  // out, and metrics and logs can still be reached when clients are too many.
  net::Budget descriptors;
  net::Budget connections;
  net::Budget in_flight;  // requests
  net::Budget memory;  // bytes of request bodies, and of what slow clients and upstreams don't take
  net::Budget files;   // bytes of request bodies in temporary files
};

// One worker's part in them, and what it had to refuse. Its worker's thread; the numbers can be
// read by any thread.
struct WorkerLoad {
  // `limits` outlives this.
  explicit WorkerLoad(ProcessLimits& limits);

  net::BudgetShare descriptors;
  net::BudgetShare connections;
  net::BudgetShare in_flight;
  net::BudgetShare memory;
  net::BudgetShare files;
  model::OverloadCounts counts;
};

}  // namespace llmgw::accept

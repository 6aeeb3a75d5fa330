#pragma once

#include <tl/expected.hpp>

#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/worker_state.h"
#include "dataplane/model/failure.h"
#include "dataplane/net/task.h"

namespace llmgw::forward {

// Sends a request to the candidates of its route, in order, until one answers. Everything before
// the first response byte to the client may be tried again elsewhere; nothing after it. Every try
// is added to the record.
//
// Success: a response went out whole, or request.relay has the rest of it; record.status is the
// upstream's. Failure: what to answer, or, when a response had begun (exchange.committed()), what
// to record.
net::Task<tl::expected<void, model::Failure>> Forward(ForwardRequest request, WorkerState& worker);

}  // namespace llmgw::forward

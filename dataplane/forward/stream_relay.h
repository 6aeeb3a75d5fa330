#pragma once

#include <chrono>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/forward/attempt_end.h"
#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/relay.h"
#include "dataplane/forward/response_body.h"
#include "dataplane/forward/upstream_pool.h"
#include "dataplane/forward/worker_state.h"
#include "dataplane/net/task.h"

namespace llmgw::forward {

// A response whose head, and what came with it, has gone to the client.
struct OpenResponse {
  UpstreamConnection connection;
  ResponseBody body;
  ResponseBody::State state;  // kMore or kMalformed
  bool event_stream;
  bool keep_alive;  // the upstream's connection can be used again once the body is whole
  bool sent_whole;  // all of the request went out
  net::LoopTime total_deadline;
  std::chrono::steady_clock::time_point started;  // of the attempt
  model::UpstreamPermit permit;
  size_t credential;
};

// The rest of a committed response, from the upstream to the client. What `request` refers to
// outlives it.
class StreamRelay final : public Relay {
 public:
  StreamRelay(const ForwardRequest& request, WorkerState& worker,
              const settings::UpstreamSettings& upstream, OpenResponse open);

  // Until the body is whole, or why not. A stream that breaks ends with an error event.
  net::Task<AttemptEnd> Run() override;
  tl::expected<void, model::Failure> Finish(AttemptEnd end) override;

 private:
  bool EndsHere() const;
  net::Task<AttemptEnd> BreakOff(net::IoStatus status);
  net::Task<AttemptEnd> EndBroken(AttemptEnd end, std::string_view how);
  model::AttemptRecord& attempt() { return record_.attempts.back(); }

  net::http1::ServerExchange& exchange_;
  ResponseObserver& observer_;
  model::RequestRecord& record_;
  WorkerState& worker_;
  const settings::UpstreamSettings& upstream_;
  const model::Dialect dialect_;
  const std::chrono::steady_clock::time_point request_started_;
  OpenResponse open_;
};

// Body bytes go to the client `after` its request began: counts them, and notes when the first did.
void CountPayload(model::RequestRecord& record, uint64_t bytes,
                  std::chrono::steady_clock::duration after);

// What ends a stream that can't go on, so that no client takes it for whole: an error event in the
// caller's protocol.
std::string ErrorEvent(const ResponseObserver& observer, const model::RequestRecord& record,
                       const model::Failure& failure, model::Dialect dialect);

// A committed response could not be handed over: nobody else may try. Says why in `attempt`.
AttemptEnd LoseClient(net::http1::ServerExchange& exchange, model::AttemptRecord& attempt,
                      net::IoStatus status);

}  // namespace llmgw::forward

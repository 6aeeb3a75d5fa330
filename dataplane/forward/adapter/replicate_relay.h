#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "dataplane/forward/adapter/replicate_api.h"
#include "dataplane/forward/adapter/replicate_events.h"
#include "dataplane/forward/relay.h"
#include "dataplane/forward/response_body.h"

namespace llmgw::forward {

// A prediction whose first text has gone to the client.
struct OpenPrediction {
  std::unique_ptr<PredictionGuard> guard;
  std::unique_ptr<UpstreamExchange> exchange;  // its event stream
  ReplicateEvents events;
  ResponseBody body;  // to the client
  std::string id;
  std::optional<int64_t> max_tokens;
  net::LoopTime total_deadline;
  std::chrono::steady_clock::time_point started;  // of the attempt
  model::UpstreamPermit permit;
  size_t credential;
};

// What the prediction knows when it has ended: how many tokens it took. Asks a few times, since the
// counts may come a moment after the last event. None when they don't come.
net::Task<model::TokenUsage> AskUsage(net::Waiter& waiter, const ReplicateAccount& account,
                                      const std::string& id, net::LoopTime total_deadline);

// The rest of it. What `request` refers to outlives the relay.
class ReplicateRelay final : public Relay {
 public:
  ReplicateRelay(const ForwardRequest& request, OpenPrediction open);

  net::Task<AttemptEnd> Run() override;
  tl::expected<void, model::Failure> Finish(AttemptEnd end) override;

 private:
  net::Task<AttemptEnd> Complete();
  net::Task<AttemptEnd> BreakOff(net::IoStatus status);
  net::Task<AttemptEnd> EndBroken(AttemptEnd end, std::string_view how);
  net::Task<net::IoStatus> Send(std::string_view chunks, std::string_view closing);
  model::AttemptRecord& attempt() { return record_.attempts.back(); }

  net::http1::ServerExchange& exchange_;
  ResponseObserver& observer_;
  model::RequestRecord& record_;
  const model::Dialect dialect_;
  const settings::UpstreamSettings& upstream_;
  OpenPrediction open_;
};

}  // namespace llmgw::forward

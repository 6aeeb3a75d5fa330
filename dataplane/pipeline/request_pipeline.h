#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "dataplane/forward/worker_state.h"
#include "dataplane/model/caller.h"
#include "dataplane/model/failure.h"
#include "dataplane/model/overload.h"
#include "dataplane/net/budget.h"
#include "dataplane/net/http1/server_exchange.h"
#include "dataplane/net/task.h"
#include "dataplane/pipeline/record_pool.h"
#include "dataplane/pipeline/request_id.h"
#include "dataplane/record/recorder.h"
#include "dataplane/route/upstream_table.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::pipeline {

// THE journey of a request, from its parsed head to its record. One per worker, worker thread only;
// references outlive it.
class RequestPipeline {
 public:
  // What a running request takes, both to its last byte.
  struct Room {
    net::BudgetShare& in_flight;
    net::BudgetShare& descriptors;  // one, for its upstream
  };

  RequestPipeline(forward::WorkerState& worker, record::Recorder& recorder, Room room,
                  model::OverloadCounts& counts)
      : worker_(worker), recorder_(recorder), room_(room), counts_(counts) {}

  // From now on requests come with these settings; what is known of their upstreams is kept.
  void Use(const settings::RuntimeSettings& settings);

  // What is known of the upstreams in use. Null before Use.
  route::UpstreamTable* upstreams() { return upstreams_.get(); }

  // Answers one request and records it, whatever its outcome. `settings` may be null (none have
  // come yet); `client` is the peer's IP.
  net::Task<void> Run(net::http1::ServerExchange& exchange, settings::SettingsPtr settings,
                      const std::string& client);

  // Answers and records a request that never became one (malformed, too slow, too many).
  net::Task<void> Refuse(net::http1::ServerExchange& exchange, model::Failure failure,
                         const std::string& client);

  // The whole response to a connection that can't even be asked what it wants.
  static std::string ConnectionRefusal();

  // Any thread.
  uint64_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }

 private:
  struct Journey;
  // Answers 503 without having looked at the request. The connection stays usable if its body is
  // short.
  net::Task<void> Decline(net::http1::ServerExchange& exchange, model::Limit limit,
                          const std::string& client);
  void Count(const model::Failure& failure);
  net::Task<tl::expected<void, model::Failure>> Serve(Journey& journey);
  // The list of models, or the one that is asked about by name.
  net::Task<tl::expected<void, model::Failure>> AnswerModels(Journey& journey,
                                                             const model::MatchedRoute& matched,
                                                             const model::Caller& caller,
                                                             const std::string& asked);
  std::unique_ptr<model::RequestRecord> Begin(const net::http1::ServerExchange& exchange,
                                              const std::string& client);
  // Puts the candidates into the order to try.
  static void Order(model::Route& route, Journey& journey, const model::Caller& caller,
                    const model::RequestFacts& facts);
  void Finish(Journey& journey);

  forward::WorkerState& worker_;
  record::Recorder& recorder_;
  const Room room_;
  model::OverloadCounts& counts_;
  RequestIdSource ids_;
  RecordPool records_;
  std::shared_ptr<route::UpstreamTable> upstreams_;  // of the settings in use
  std::atomic<uint64_t> in_flight_{0};
};

}  // namespace llmgw::pipeline

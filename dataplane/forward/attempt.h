#pragma once

#include <chrono>
#include <string>

#include "dataplane/forward/adapter/adapter.h"
#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/retry_policy.h"
#include "dataplane/forward/upstream_pool.h"
#include "dataplane/forward/worker_state.h"
#include "dataplane/model/request_record.h"
#include "dataplane/net/task.h"

namespace llmgw::forward {

// One try of one upstream: connect (or take a kept connection), send, read the response head, then
// either commit (and leave a body that is not whole yet to a StreamRelay), or give the response up
// so that the next candidate can be tried. Lives in the forwarder's frame; worker thread only.
class Attempt {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // `may_go_on`: another candidate would take over, so a response that the route's retry_on names
  // is given up instead of committed.
  Attempt(ForwardRequest& request, const settings::UpstreamSettings& upstream, WorkerState& worker,
          bool may_go_on, SteadyTime started, model::AttemptRecord& record);

  net::Task<AttemptEnd> Run();

  // Nothing of a streamed-through body has been consumed, so the request can still be sent
  // elsewhere.
  bool replayable() const { return replayable_; }

 private:
  void ChooseCredential();
  const SecretString* Secret() const;  // null: none is stored
  net::Task<AttemptEnd> RunRemote();
  net::Task<AttemptEnd> RunOnConnection(UpstreamConnection& connection, SteadyTime begun);
  net::Task<AttemptEnd> Connect(UpstreamConnection& connection);
  void BuildHead(std::string& head);
  void Report(AttemptEnd end);
  net::Task<AttemptEnd> SendRequest(net::Stream& upstream);
  net::Task<AttemptEnd> SendFromMemory(net::Stream& upstream, std::string_view rest);
  net::Task<AttemptEnd> SendHeldBody(net::Stream& upstream);
  AttemptEnd SendingStopped(net::Stream& upstream, net::IoStatus status);
  net::Task<AttemptEnd> PumpBody(net::Stream& upstream);
  net::Task<AttemptEnd> ReadHead(net::Stream& upstream, net::http1::ResponseHead& head,
                                 std::string& kept, std::string_view& rest);
  net::Task<AttemptEnd> Relay(UpstreamConnection& connection, const net::http1::ResponseHead& head,
                              std::string_view rest, SteadyTime arrived);
  AttemptEnd Switch(UpstreamConnection& connection, const net::http1::ResponseHead& head,
                    std::string_view rest);
  void Keep(UpstreamConnection& connection);
  void GiveUp(UpstreamConnection& connection);
  void Commit(const net::http1::ResponseHead& head, bool event_stream);

  net::LoopTime Until(std::chrono::milliseconds wait) const;
  AttemptEnd FromIo(net::IoStatus status, AttemptEnd on_timeout, AttemptEnd on_failure) const;
  AttemptEnd TimeoutKind(AttemptEnd own) const;

  ForwardRequest& request_;
  const settings::UpstreamSettings& upstream_;
  WorkerState& worker_;
  const Adapter& adapter_;
  const bool may_go_on_;
  model::AttemptRecord& record_;
  const SteadyTime started_;
  const net::LoopTime total_deadline_;
  model::UpstreamPermit permit_;
  size_t credential_ = 0;
  bool sent_whole_ = false;  // the request, body included
  bool got_bytes_ = false;   // anything of the response has come
  bool replayable_ = true;
};

}  // namespace llmgw::forward

#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "dataplane/forward/adapter/adapter.h"
#include "dataplane/forward/forward_request.h"
#include "dataplane/forward/model_rename.h"
#include "dataplane/forward/model_rewriter.h"
#include "dataplane/forward/opening_hold.h"
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

  // Who would take over: then a response that the route's retry_on names is given up instead of
  // committed. `other_credential`: of the same upstream, if its credential is to blame.
  struct Onward {
    bool next_candidate = false;
    bool other_credential = false;
  };

  Attempt(ForwardRequest& request, const settings::UpstreamSettings& upstream, WorkerState& worker,
          Onward onward, SteadyTime started, model::AttemptRecord& record);

  net::Task<AttemptEnd> Run();

  // Nothing of a streamed-through body has been consumed, so the request can still be sent
  // elsewhere.
  bool replayable() const { return replayable_; }
  // It was refused for its credential's sake, and another one of this upstream does not rest.
  bool refused_credential() const { return refused_credential_; }

 private:
  void ChooseCredential();
  const SecretString* Secret() const;  // null: none is stored
  net::Task<AttemptEnd> RunRemote();
  net::Task<AttemptEnd> RunOnConnection(UpstreamConnection& connection, SteadyTime begun);
  net::Task<AttemptEnd> Connect(UpstreamConnection& connection);
  void BuildHead(std::string& head, const OutgoingBody& body);
  void Report(AttemptEnd end);
  net::Task<AttemptEnd> SendRequest(net::Stream& upstream);
  net::Task<AttemptEnd> SendFromMemory(net::Stream& upstream, std::string_view rest);
  net::Task<AttemptEnd> SendRenamed(net::Stream& upstream, const OutgoingBody& body);
  net::Task<AttemptEnd> SendHeldBody(net::Stream& upstream, const OutgoingBody& body);
  AttemptEnd SendingStopped(net::Stream& upstream, net::IoStatus status);
  net::Task<AttemptEnd> PumpBody(net::Stream& upstream);
  net::Task<AttemptEnd> ReadHead(net::Stream& upstream, net::http1::ResponseHead& head,
                                 std::string& kept, std::string_view& rest);
  AttemptEnd LookInside(const net::http1::ResponseHead& head, std::string_view rest,
                        std::unique_ptr<HeldAnswer>& held);
  net::Task<AttemptEnd> Hold(net::Stream& upstream, HeldAnswer& held);
  AttemptEnd Act(AnswerKind kind, StreamOpening::Verdict verdict, int status);
  net::Task<AttemptEnd> Relay(UpstreamConnection& connection, net::http1::ResponseHead& head,
                              std::string_view rest, SteadyTime arrived);
  AttemptEnd Switch(UpstreamConnection& connection, const net::http1::ResponseHead& head,
                    std::string_view rest);
  void Keep(UpstreamConnection& connection);
  void GiveUp(UpstreamConnection& connection);
  bool SendsOn(const net::http1::ResponseHead& head);
  void Commit(const net::http1::ResponseHead& head, bool event_stream);
  std::unique_ptr<ModelRewriter> Rewriter(const net::http1::ResponseHead& head,
                                          AnswerKind kind) const;

  net::LoopTime Until(std::chrono::milliseconds wait) const;
  AttemptEnd FromIo(net::IoStatus status, AttemptEnd on_timeout, AttemptEnd on_failure) const;
  AttemptEnd TimeoutKind(AttemptEnd own) const;

  ForwardRequest& request_;
  const settings::UpstreamSettings& upstream_;
  WorkerState& worker_;
  const Adapter& adapter_;
  const Onward onward_;
  model::AttemptRecord& record_;
  const SteadyTime started_;
  const net::LoopTime total_deadline_;
  model::UpstreamPermit permit_;
  net::LoopTime first_byte_deadline_ = net::kNever;
  std::unique_ptr<const ModelRename> rename_;  // null: this upstream knows the model by its name
  size_t credential_ = 0;
  int amounts_to_ = 0;  // the status of an error inside an answer that was given up
  std::optional<std::chrono::milliseconds> retry_after_;
  bool sent_whole_ = false;  // the request, body included
  bool got_bytes_ = false;   // anything of the response has come
  bool replayable_ = true;
  bool refused_credential_ = false;
  bool nothing_asked_ = false;  // the answer is the gateway's own
};

}  // namespace llmgw::forward

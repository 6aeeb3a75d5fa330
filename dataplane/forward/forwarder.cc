#include "dataplane/forward/forwarder.h"

#include "dataplane/forward/adapter/adapter.h"
#include "dataplane/forward/attempt.h"
#include "dataplane/forward/model_rename.h"
#include "dataplane/forward/retry_policy.h"

namespace llmgw::forward {
namespace {

constexpr uint32_t kRetriesOfASingleCandidate = 3;

// One candidate with its own retries.
net::Task<AttemptEnd> TryCandidate(ForwardRequest& request,
                                   const settings::UpstreamSettings& upstream, WorkerState& worker,
                                   bool has_next, bool& replayable) {
  size_t other_credentials = upstream.credentials.empty() ? 0 : upstream.credentials.size() - 1;
  const uint32_t retries = upstream.retries.value_or(has_next ? 0 : kRetriesOfASingleCandidate);
  for (uint32_t retry = 0;;) {
    model::AttemptRecord attempt_record;
    attempt_record.number = static_cast<uint32_t>(request.record.attempts.size()) + 1;
    attempt_record.upstream = upstream.name;
    const auto started =
        request.record.attempts.empty() ? request.ready : std::chrono::steady_clock::now();
    attempt_record.time =
        request.record.time +
        std::chrono::duration_cast<std::chrono::system_clock::duration>(started - request.started);
    AttemptEnd end = AttemptEnd::kRelayed;
    bool refused_credential = false;
    {
      Attempt attempt(request, upstream, worker, {has_next, other_credentials > 0}, started,
                      attempt_record);
      end = co_await attempt.Run();
      replayable = attempt.replayable();
      refused_credential = attempt.refused_credential();
    }
    model::AttemptRecord& tried = request.record.attempts.emplace_back(std::move(attempt_record));
    if (end == AttemptEnd::kRefused && refused_credential) {
      --other_credentials;
      continue;
    }
    if (!IsConnectionProblem(end) || retry == retries || !replayable) co_return end;
    if (!TakeRetry(request, tried, started + tried.total)) co_return end;
    ++retry;
    const net::LoopTime until =
        request.exchange.reactor().After(RetryPause(retry, worker.Random()));
    const net::Wake wake = co_await net::Sleep(request.exchange.waiter(), until);
    if (wake == net::Wake::kPeerGone) co_return AttemptEnd::kClientGone;
    if (wake == net::Wake::kCancelled) co_return AttemptEnd::kCancelled;
  }
}

// Whether a candidate behind the `i`th could take the request: one whose kind has no place for it
// is nobody to leave it to.
bool HasNext(ForwardRequest& request, size_t i) {
  const auto candidates = request.route.candidates();
  for (size_t next = i + 1; next < candidates.size(); ++next) {
    const settings::UpstreamSettings& upstream = *candidates[next];
    const auto rename = upstream.model_map.empty() ? nullptr : RenameFor(upstream, request.facts);
    request.upstream_model = rename == nullptr ? request.facts.model : rename->name;
    const bool takes = !AdapterFor(upstream.kind).Refuses(request, upstream);
    request.upstream_model = {};
    if (takes) return true;
  }
  return false;
}

}  // namespace

net::Task<tl::expected<void, model::Failure>> Forward(ForwardRequest request, WorkerState& worker) {
  const auto candidates = request.route.candidates();
  const settings::RetryOn& retry_on = request.route.settings().retry_on;
  request.watch.CountRequest(request.route.settings(), request.ready);
  for (size_t i = 0;; ++i) {
    const settings::UpstreamSettings& upstream = *candidates[i];
    const bool has_next = HasNext(request, i);
    bool replayable = true;
    const AttemptEnd end = co_await TryCandidate(request, upstream, worker, has_next, replayable);
    if (end == AttemptEnd::kRelayed) co_return tl::expected<void, model::Failure>();
    // A refused answer was given up because there was budget for another attempt.
    if (has_next && replayable && !request.exchange.committed() && GoesOn(retry_on, end) &&
        (IsRefusal(end) || IsOfAnotherKind(end) ||
         TakeRetry(request, request.record.attempts.back(), std::chrono::steady_clock::now())))
      continue;
    // The last one that was asked is the one to blame.
    request.record.upstream = upstream.name;
    co_return tl::unexpected(FailureOf(end, upstream, request.exchange));
  }
}

}  // namespace llmgw::forward

#include "dataplane/forward/retry_policy.h"

#include <algorithm>

namespace llmgw::forward {

bool IsConnectionProblem(AttemptEnd end) {
  switch (end) {
    case AttemptEnd::kResolveFailed:
    case AttemptEnd::kConnectFailed:
    case AttemptEnd::kConnectTimeout:
    case AttemptEnd::kProxyFailed:
    case AttemptEnd::kTlsFailed:
    case AttemptEnd::kReset:
      return true;
    case AttemptEnd::kAddressRefused:  // it will be refused again
    case AttemptEnd::kRelayed:
    case AttemptEnd::kBroken:
    case AttemptEnd::kRefused:
    case AttemptEnd::kNoPlaceForPath:
    case AttemptEnd::kNoDeployment:
    case AttemptEnd::kModelNeeded:
    case AttemptEnd::kFirstByteTimeout:
    case AttemptEnd::kTotalTimeout:
    case AttemptEnd::kErrorEvent:
    case AttemptEnd::kErrorBody:
    case AttemptEnd::kEmptyStream:
    case AttemptEnd::kBadResponse:
    case AttemptEnd::kClientGone:
    case AttemptEnd::kNoSocket:
    case AttemptEnd::kClientBodyTimeout:
    case AttemptEnd::kClientBodyMalformed:
    case AttemptEnd::kClientBodyTooLarge:
    case AttemptEnd::kClientIdle:
    case AttemptEnd::kUpstreamIdle:
    case AttemptEnd::kCancelled:
      return false;
  }
  return false;
}

bool IsRefusal(AttemptEnd end) {
  return end == AttemptEnd::kRefused || end == AttemptEnd::kErrorEvent ||
         end == AttemptEnd::kErrorBody || end == AttemptEnd::kEmptyStream;
}

bool IsOfAnotherKind(AttemptEnd end) {
  return end == AttemptEnd::kNoPlaceForPath || end == AttemptEnd::kNoDeployment ||
         end == AttemptEnd::kModelNeeded;
}

bool GoesOn(const settings::RetryOn& retry_on, AttemptEnd end) {
  switch (end) {
    case AttemptEnd::kRefused:
    case AttemptEnd::kErrorEvent:
    case AttemptEnd::kErrorBody:
    case AttemptEnd::kEmptyStream:
      return true;
    case AttemptEnd::kNoPlaceForPath:
    case AttemptEnd::kNoDeployment:
    case AttemptEnd::kModelNeeded:
      // No failure: another kind may have what this one lacks.
      return true;
    case AttemptEnd::kResolveFailed:
    case AttemptEnd::kAddressRefused:
    case AttemptEnd::kConnectFailed:
    case AttemptEnd::kProxyFailed:
    case AttemptEnd::kTlsFailed:
      return retry_on.connect;
    case AttemptEnd::kConnectTimeout:
    case AttemptEnd::kFirstByteTimeout:
    case AttemptEnd::kTotalTimeout:
      return retry_on.timeout;
    case AttemptEnd::kReset:
    case AttemptEnd::kBadResponse:
      return retry_on.reset;
    case AttemptEnd::kRelayed:
    case AttemptEnd::kBroken:
    case AttemptEnd::kClientGone:
    case AttemptEnd::kNoSocket:
    case AttemptEnd::kClientBodyTimeout:
    case AttemptEnd::kClientBodyMalformed:
    case AttemptEnd::kClientBodyTooLarge:
    case AttemptEnd::kClientIdle:
    case AttemptEnd::kUpstreamIdle:
    case AttemptEnd::kCancelled:
      return false;
  }
  return false;
}

bool SendsOnStatus(const ForwardRequest& request, int status) {
  return request.route.settings().retry_on.status.test(
      static_cast<size_t>(std::clamp(status, 0, 599)));
}

bool OtherCredentialMayDo(const ForwardRequest& request, const settings::UpstreamSettings& upstream,
                          size_t credential, int status, MonotonicTime now) {
  const bool about_credential = status == 401 || status == 403 || status == 429;
  return about_credential &&
         request.watch.HasOtherCredential(upstream, request.caller, credential, now);
}

bool TakeRetry(ForwardRequest& request, model::AttemptRecord& attempt, MonotonicTime now) {
  if (request.out_of_budget) return false;
  if (request.watch.TakeRetry(request.route.settings(), now)) return true;
  request.out_of_budget = true;
  request.record.retry_budget_spent = true;
  if (!attempt.error.empty()) attempt.error += "; ";
  attempt.error += "not tried again: the route's retry budget is spent";
  return false;
}

net::Millis RetryPause(uint32_t retry, uint32_t random) {
  constexpr int64_t kFirst = 200;
  constexpr int64_t kMost = 5000;
  const int64_t base = std::min(kFirst << std::min(retry - 1, 8U), kMost);
  const int64_t spread = base / 2;
  return net::Millis(base - spread / 2 + static_cast<int64_t>(random) % (spread + 1));
}

}  // namespace llmgw::forward

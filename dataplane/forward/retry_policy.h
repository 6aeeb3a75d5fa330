#pragma once

#include <cstdint>

#include "common/base/clock.h"
#include "dataplane/forward/attempt_end.h"
#include "dataplane/forward/forward_request.h"
#include "dataplane/model/route.h"
#include "dataplane/net/timer_wheel.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// The connection itself could not be made or did not last until a response: worth another try of
// the same upstream.
bool IsConnectionProblem(AttemptEnd end);

// An answer was there, and was given up because the route sends its like on and its budget allowed
// it.
bool IsRefusal(AttemptEnd end);

// Whether `end` (with `status` for kRefused) goes on to the next candidate.
bool GoesOn(const settings::RetryOn& retry_on, AttemptEnd end);

// Whether the route's retry_on names the status of an answer.
bool SendsOnStatus(const ForwardRequest& request, int status);

// Whether an answer with `status` may be the fault of the stored credential it was asked with, and
// the upstream has another one for the caller that does not rest.
bool OtherCredentialMayDo(const ForwardRequest& request, const settings::UpstreamSettings& upstream,
                          size_t credential, int status, MonotonicTime now);

// The upstream's kind could not be sent the request: asking the next one is no retry.
bool IsOfAnotherKind(AttemptEnd end);

// Whether the route's budget allows an attempt after the one of `attempt`; where it does not, both
// records say so.
bool TakeRetry(ForwardRequest& request, model::AttemptRecord& attempt, MonotonicTime now);

// Pause before try `retry` (1, 2, …) of the same upstream: 0.2, 0.4, 0.8, … s, at most 5 s,
// jittered by a quarter either way.
net::Millis RetryPause(uint32_t retry, uint32_t random);

}  // namespace llmgw::forward

#pragma once

#include <cstdint>

#include "dataplane/model/route.h"
#include "dataplane/net/timer_wheel.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

// How one attempt ended.
enum class AttemptEnd : uint8_t {
  kRelayed,  // the response is committed and went out whole
  kBroken,   // the response was committed, then the upstream broke it off
  kRefused,  // a response head that the route's retry_on sends on; nothing was committed
  kResolveFailed,
  kConnectFailed,
  kConnectTimeout,
  kTlsFailed,
  kNoSocket,  // the gateway is out of descriptors or ports
  kReset,     // closed or broken before the response head was whole
  kFirstByteTimeout,
  kTotalTimeout,
  kBadResponse,  // not HTTP, or a framing that can't be trusted
  kClientGone,
  // A body that is streamed through:
  kClientBodyTimeout,    // the client stalled
  kClientBodyMalformed,  // its chunk framing broke
  kClientBodyTooLarge,   // it passed the limit of a request body
  kCancelled,            // the gateway is stopping
};

// Stable slug for attempt records and metrics.
const char* Slug(AttemptEnd end);

// The connection itself could not be made or did not last until a response: worth another try of
// the same upstream.
bool IsConnectionProblem(AttemptEnd end);

// Whether `end` (with `status` for kRefused) goes on to the next candidate.
bool GoesOn(const settings::RetryOn& retry_on, AttemptEnd end);

// Pause before try `retry` (1, 2, …) of the same upstream: 0.2, 0.4, 0.8, … s, at most 5 s,
// jittered by a quarter either way.
net::Millis RetryPause(uint32_t retry, uint32_t random);

}  // namespace llmgw::forward

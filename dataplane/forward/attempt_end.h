#pragma once

#include <cstdint>

#include "dataplane/model/failure.h"
#include "dataplane/model/upstream_watch.h"

namespace llmgw::net::http1 {
class ServerExchange;
}
namespace llmgw::settings {
struct UpstreamSettings;
}

namespace llmgw::forward {

// How one attempt ended.
enum class AttemptEnd : uint8_t {
  kRelayed,  // the response is committed; it went out whole, or a Relay has the rest
  kBroken,   // the response was committed, then the upstream broke it off
  kRefused,  // a response head that the route's retry_on sends on; nothing was committed
  kResolveFailed,
  kAddressRefused,  // its addresses are link-local or a cloud's metadata service
  kConnectFailed,
  kConnectTimeout,
  kProxyFailed,  // the proxy could not be reached, or did not let us through
  kTlsFailed,
  kNoSocket,  // the gateway is out of descriptors or ports
  // This kind of upstream can't be sent the request; nothing was.
  kNoPlaceForPath,  // it has nothing at this path
  kNoDeployment,    // the model can't be the name of a deployment
  kModelNeeded,     // its path names a model, and the request names none
  kReset,           // closed or broken before the response head was whole
  kFirstByteTimeout,
  kTotalTimeout,
  // A good status, and then no answer (StreamOpening); nothing was committed:
  kErrorEvent,   // an error event came before any content
  kErrorBody,    // the document is an error
  kEmptyStream,  // the stream ended without content
  kBadResponse,  // not HTTP, or a framing that can't be trusted
  kClientGone,
  // A body that is streamed through:
  kClientBodyTimeout,    // the client stalled
  kClientBodyMalformed,  // its chunk framing broke
  kClientBodyTooLarge,   // it passed the limit of a request body
  // A switched connection on which nothing passed for too long; who was to speak:
  kClientIdle,
  kUpstreamIdle,
  kCancelled,  // the gateway is stopping
};

// So many 1xx responses may come before the final one (RFC 9110 15.2).
inline constexpr int kMostInterimResponses = 64;

// Stable slug for attempt records and metrics.
const char* Slug(AttemptEnd end);

// What it shows of the upstream.
model::UpstreamOutcome OutcomeOf(AttemptEnd end);

// What the client is to be told, or, once a response is committed, what is to be recorded.
// REQUIRES: end is not kRelayed.
model::Failure FailureOf(AttemptEnd end, const settings::UpstreamSettings& upstream,
                         net::http1::ServerExchange& exchange);

}  // namespace llmgw::forward

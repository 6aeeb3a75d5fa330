#include "dataplane/forward/attempt_end.h"

#include "dataplane/net/http1/server_exchange.h"
#include "dataplane/settings/runtime_settings.h"

namespace llmgw::forward {

namespace {

std::string_view PathOf(const net::http1::RequestHead& head) {
  const std::string_view target = head.OriginForm();
  return target.substr(0, target.find('?'));
}

}  // namespace

const char* Slug(AttemptEnd end) {
  switch (end) {
    case AttemptEnd::kRelayed:
      return "ok";
    case AttemptEnd::kBroken:
      return "stream_broken";
    case AttemptEnd::kRefused:
      return "refused";
    case AttemptEnd::kResolveFailed:
      return "resolve_failed";
    case AttemptEnd::kAddressRefused:
      return "address_refused";
    case AttemptEnd::kProxyFailed:
      return "proxy_failed";
    case AttemptEnd::kConnectFailed:
      return "connect_failed";
    case AttemptEnd::kConnectTimeout:
      return "connect_timeout";
    case AttemptEnd::kTlsFailed:
      return "tls_failed";
    case AttemptEnd::kNoPlaceForPath:
      return "path_not_supported";
    case AttemptEnd::kNoDeployment:
      return "model_not_found";
    case AttemptEnd::kModelNeeded:
      return "model_needed";
    case AttemptEnd::kReset:
      return "reset";
    case AttemptEnd::kFirstByteTimeout:
      return "first_byte_timeout";
    case AttemptEnd::kTotalTimeout:
      return "total_timeout";
    case AttemptEnd::kErrorEvent:
      return "error_event";
    case AttemptEnd::kErrorBody:
      return "error_body";
    case AttemptEnd::kEmptyStream:
      return "empty_stream";
    case AttemptEnd::kBadResponse:
      return "bad_response";
    case AttemptEnd::kClientGone:
      return "client_gone";
    case AttemptEnd::kNoSocket:
      return "no_socket";
    case AttemptEnd::kClientBodyTimeout:
      return "client_body_timeout";
    case AttemptEnd::kClientBodyMalformed:
      return "client_body_malformed";
    case AttemptEnd::kClientBodyTooLarge:
      return "client_body_too_large";
    case AttemptEnd::kClientIdle:
      return "client_idle";
    case AttemptEnd::kUpstreamIdle:
      return "upstream_idle";
    case AttemptEnd::kCancelled:
      return "cancelled";
  }
  return "internal";
}

model::UpstreamOutcome OutcomeOf(AttemptEnd end) {
  using model::UpstreamOutcome;
  switch (end) {
    case AttemptEnd::kRelayed:
    case AttemptEnd::kRefused:
      return UpstreamOutcome::kAnswered;
    case AttemptEnd::kResolveFailed:
    case AttemptEnd::kAddressRefused:
    case AttemptEnd::kConnectFailed:
    case AttemptEnd::kProxyFailed:
    case AttemptEnd::kTlsFailed:
    case AttemptEnd::kConnectTimeout:
      return UpstreamOutcome::kUnreachable;
    case AttemptEnd::kFirstByteTimeout:
    case AttemptEnd::kTotalTimeout:
      return UpstreamOutcome::kTimeout;
    case AttemptEnd::kReset:
    case AttemptEnd::kErrorEvent:
    case AttemptEnd::kErrorBody:
    case AttemptEnd::kEmptyStream:
    case AttemptEnd::kBadResponse:
    case AttemptEnd::kBroken:
      return UpstreamOutcome::kBroke;
    case AttemptEnd::kNoSocket:
    case AttemptEnd::kNoPlaceForPath:
    case AttemptEnd::kNoDeployment:
    case AttemptEnd::kModelNeeded:
    case AttemptEnd::kClientGone:
    case AttemptEnd::kClientBodyTimeout:
    case AttemptEnd::kClientBodyMalformed:
    case AttemptEnd::kClientBodyTooLarge:
    case AttemptEnd::kClientIdle:
    case AttemptEnd::kUpstreamIdle:
    case AttemptEnd::kCancelled:
      break;
  }
  return UpstreamOutcome::kNothing;
}

model::Failure FailureOf(AttemptEnd end, const settings::UpstreamSettings& upstream,
                         net::http1::ServerExchange& exchange) {
  switch (end) {
    case AttemptEnd::kResolveFailed:
    case AttemptEnd::kConnectFailed:
      return model::ConnectFailed(upstream.name);
    case AttemptEnd::kAddressRefused:
      return model::AddressRefused(upstream.name);
    case AttemptEnd::kProxyFailed:
      return model::ProxyFailed(upstream.name);
    case AttemptEnd::kConnectTimeout:
      return model::UpstreamTimeout(upstream.name, "connect timeout");
    case AttemptEnd::kTlsFailed:
      return model::TlsFailed(upstream.name);
    case AttemptEnd::kNoPlaceForPath:
      return model::PathNotSupported(upstream.name, settings::ToString(upstream.kind),
                                     PathOf(exchange.head()));
    case AttemptEnd::kNoDeployment:
      return model::NoDeployment(upstream.name);
    case AttemptEnd::kModelNeeded:
      return model::ModelNeeded(upstream.name);
    case AttemptEnd::kReset:
      return model::UpstreamReset(upstream.name);
    case AttemptEnd::kFirstByteTimeout:
      return model::UpstreamTimeout(upstream.name, "first byte timeout");
    case AttemptEnd::kTotalTimeout:
      return model::UpstreamTimeout(upstream.name, "total timeout");
    case AttemptEnd::kErrorEvent:
    case AttemptEnd::kErrorBody:
    case AttemptEnd::kEmptyStream:
      return model::NoContent(upstream.name);
    case AttemptEnd::kBadResponse:
      return model::BadUpstreamResponse(upstream.name);
    case AttemptEnd::kClientGone:
      return model::ClientGone();
    case AttemptEnd::kNoSocket:
      return model::Overloaded("open files", model::Limit::kDescriptors);
    case AttemptEnd::kClientBodyTimeout:
      return model::BodyTimeout();
    case AttemptEnd::kClientBodyMalformed:
      return model::MalformedRequest(400, Slug(exchange.source().chunk_fault()));
    case AttemptEnd::kClientBodyTooLarge:
      return model::BodyTooLarge(exchange.max_body_bytes());
    case AttemptEnd::kCancelled:
      return model::ShuttingDown();
    case AttemptEnd::kClientIdle:
      return model::TunnelIdle(model::Fault::kClient);
    case AttemptEnd::kUpstreamIdle:
      return model::TunnelIdle(model::Fault::kUpstream);
    case AttemptEnd::kBroken:
      return model::StreamBroken(upstream.name, "see the attempt");
    case AttemptEnd::kRelayed:
    case AttemptEnd::kRefused:
      break;
  }
  return model::BadUpstreamResponse(upstream.name);
}

}  // namespace llmgw::forward

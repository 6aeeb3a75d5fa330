#include "dataplane/forward/tunnel_relay.h"

#include <utility>

#include "dataplane/forward/stream_relay.h"

namespace llmgw::forward {

TunnelRelay::TunnelRelay(const ForwardRequest& request, const settings::UpstreamSettings& upstream,
                         SwitchedConnection switched)
    : exchange_(request.exchange),
      record_(request.record),
      upstream_(upstream),
      started_(switched.started),
      permit_(std::move(switched.permit)),
      connection_(std::move(switched.connection)),
      tunnel_(exchange_.waiter(), exchange_.client(), *connection_.stream, switched.protocol,
              {upstream.timeouts.idle, exchange_.write_timeout()}, request.observer) {
  tunnel_.Begin(std::move(switched.head), switched.beginning, exchange_.TakeInput());
}

net::Task<AttemptEnd> TunnelRelay::Run() { co_return EndOf(co_await tunnel_.Run()); }

AttemptEnd TunnelRelay::EndOf(TunnelEnd end) {
  switch (end) {
    case TunnelEnd::kClosed:
      return AttemptEnd::kRelayed;
    case TunnelEnd::kClientGone:
      return LoseClient(exchange_, attempt(), net::IoStatus::kPeerGone);
    case TunnelEnd::kClientStalled:
      return LoseClient(exchange_, attempt(), net::IoStatus::kTimeout);
    case TunnelEnd::kUpstreamBroke:
      attempt().error = "the connection was closed in the middle";
      return AttemptEnd::kBroken;
    case TunnelEnd::kClientSilent:
      attempt().error = "idle timeout";
      return AttemptEnd::kClientIdle;
    case TunnelEnd::kUpstreamSilent:
      attempt().error = "idle timeout";
      return AttemptEnd::kUpstreamIdle;
    case TunnelEnd::kCancelled:
      attempt().error = "the gateway is shutting down";
      return AttemptEnd::kCancelled;
  }
  return AttemptEnd::kBroken;
}

tl::expected<void, model::Failure> TunnelRelay::Finish(AttemptEnd end) {
  attempt().total = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - started_);
  attempt().outcome = Slug(end);
  permit_.End();
  if (end == AttemptEnd::kRelayed) return {};
  return tl::unexpected(FailureOf(end, upstream_, exchange_));
}

}  // namespace llmgw::forward

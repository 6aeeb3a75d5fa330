#include "dataplane/forward/stream_relay.h"

#include <algorithm>
#include <string>
#include <utility>

namespace llmgw::forward {
namespace {

using net::IoResult;
using net::IoStatus;

}  // namespace

StreamRelay::StreamRelay(const ForwardRequest& request, WorkerState& worker,
                         const settings::UpstreamSettings& upstream, OpenResponse open)
    : exchange_(request.exchange),
      observer_(request.observer),
      record_(request.record),
      worker_(worker),
      upstream_(upstream),
      dialect_(request.facts.dialect),
      request_started_(request.started),
      open_(std::move(open)) {}

net::Task<AttemptEnd> StreamRelay::Run() {
  net::Reactor& reactor = exchange_.reactor();
  uint64_t unyielded = 0;
  while (open_.state == ResponseBody::State::kMore) {
    if (unyielded >= net::kYieldBytes) {
      unyielded = 0;
      const net::Wake wake = co_await net::Yield(exchange_.waiter());
      if (wake != net::Wake::kReady) co_return co_await BreakOff(net::ToStatus(wake));
    }
    const std::span<char> buffer = reactor.relay_buffer();
    const net::LoopTime deadline =
        std::min(reactor.After(upstream_.timeouts.idle), open_.total_deadline);
    IoResult read =
        co_await net::Read(exchange_.waiter(), *open_.connection.stream, buffer, deadline);
    unyielded += read.bytes;
    // Reads that never wait see no deadline.
    if (read.ok() && reactor.now() >= open_.total_deadline) read.status = IoStatus::kTimeout;
    const bool ends = read.status == IoStatus::kEof && EndsHere();
    if (!read.ok() && !ends) co_return co_await BreakOff(read.status);
    std::string parked;
    std::string_view bytes(buffer.data(), read.bytes);
    if (reactor.crowded() && bytes.size() <= net::kMostParkedBytes) {
      parked = worker_.spare.Take();
      bytes = parked.assign(bytes);
      if (const net::Wake wake = co_await net::EndOfTurn(exchange_.waiter());
          wake != net::Wake::kReady)
        co_return co_await BreakOff(net::ToStatus(wake));
    }
    const ResponseBody::Step step =
        ends ? ResponseBody::Step{ResponseBody::State::kDone, open_.body.Closing(worker_.scratch),
                                  0, true}
             : open_.body.Next(bytes, worker_.scratch, observer_);
    const bool first = record_.response_bytes == 0;
    CountPayload(record_, step.payload_bytes,
                 first ? std::chrono::steady_clock::now() - request_started_
                       : std::chrono::steady_clock::duration());
    open_.state = step.state;
    open_.keep_alive = open_.keep_alive && !step.excess;
    const iovec part = net::Part(step.out);
    const IoResult sent = co_await exchange_.Send({&part, 1});
    worker_.spare.Give(std::move(parked));
    if (!sent.ok()) co_return LoseClient(exchange_, attempt(), sent.status);
  }
  if (open_.state == ResponseBody::State::kMalformed)
    co_return co_await EndBroken(AttemptEnd::kBroken, "bad chunk framing");
  // An upstream that answered before it read the whole request would take the next one for the rest
  // of its body.
  if (open_.keep_alive && open_.sent_whole)
    worker_.pool.Put(upstream_.pool_key, std::move(open_.connection), reactor.now());
  co_return AttemptEnd::kRelayed;
}

// The upstream has closed. Where that is how bodies end, an event that is cut off tells a break
// from an end; so does the lack of the last event, where the protocol always has one.
bool StreamRelay::EndsHere() const {
  const bool has_last_event = dialect_ == model::Dialect::kAnthropic;
  const bool cut_off =
      open_.event_stream && observer_.unfinished() && (observer_.mid_event() || has_last_event);
  return open_.body.EndsAtClose() && !cut_off;
}

tl::expected<void, model::Failure> StreamRelay::Finish(AttemptEnd end) {
  // Behind bytes that a stalled upstream does not take, an orderly close would never reach it.
  if (open_.connection.stream != nullptr && !open_.sent_whole)
    open_.connection.stream->ResetOnClose();
  const auto now = std::chrono::steady_clock::now();
  attempt().total = std::chrono::duration_cast<std::chrono::microseconds>(now - open_.started);
  attempt().outcome = Slug(end);
  open_.permit.Finished({.outcome = OutcomeOf(end),
                         .status = record_.status,
                         .slug = Slug(end),
                         .late = true,
                         .model = record_.model_asked,
                         .credential = open_.credential,
                         .began = open_.started,
                         .now = now});
  open_.permit.End();
  if (end == AttemptEnd::kRelayed) return {};
  return tl::unexpected(FailureOf(end, upstream_, exchange_));
}

// The upstream's stream ended before its body did, or a wait was ended.
net::Task<AttemptEnd> StreamRelay::BreakOff(IoStatus status) {
  if (status == IoStatus::kPeerGone) co_return LoseClient(exchange_, attempt(), status);
  if (status == IoStatus::kCancelled)
    co_return co_await EndBroken(AttemptEnd::kCancelled, "the gateway is shutting down");
  std::string_view how = "the connection was closed in the middle";
  if (status == IoStatus::kTimeout)
    how = exchange_.reactor().now() >= open_.total_deadline ? "total timeout" : "idle timeout";
  co_return co_await EndBroken(AttemptEnd::kBroken, how);
}

net::Task<AttemptEnd> StreamRelay::EndBroken(AttemptEnd end, std::string_view how) {
  exchange_.CloseAfter();
  attempt().error = how;
  std::string last;
  const model::Failure failure = end == AttemptEnd::kCancelled
                                     ? model::ShuttingDown()
                                     : model::StreamBroken(upstream_.name, how);
  if (open_.event_stream &&
      open_.body.EndWith(ErrorEvent(observer_, record_, failure, dialect_), last)) {
    const iovec part = net::Part(last);
    const IoResult sent = co_await exchange_.Send({&part, 1});
    if (!sent.ok()) exchange_.Abort();
  } else if (exchange_.http10()) {
    // Where the end of the connection is the end of the body, an abort is the only sign left;
    // elsewhere the framing shows the cut.
    exchange_.Abort();
  }
  co_return end;
}

std::string ErrorEvent(const ResponseObserver& observer, const model::RequestRecord& record,
                       const model::Failure& failure, model::Dialect dialect) {
  const bool anthropic = dialect == model::Dialect::kAnthropic;
  // The message is made of names and fixed words: nothing in it needs escaping.
  std::string event = observer.mid_event() ? "\n\n" : "";
  event += "event: error\ndata: {";
  if (anthropic) event += "\"type\":\"error\",";
  event += "\"error\":{\"message\":\"" + failure.message + "\",\"type\":\"";
  event += anthropic ? model::AnthropicErrorType(failure) : failure.type;
  event += "\",\"param\":null,\"code\":\"" + std::string(failure.reason) + "\",\"fault\":\"" +
           model::ToString(failure.fault);
  event += anthropic ? "\"},\"request_id\":\"" : "\",\"request_id\":\"";
  event += record.request_id + (anthropic ? "\"}\n\n" : "\"}}\n\n");
  return event;
}

void CountPayload(model::RequestRecord& record, uint64_t bytes,
                  std::chrono::steady_clock::duration after) {
  if (record.response_bytes == 0 && bytes > 0)
    record.first_byte = std::chrono::duration_cast<std::chrono::microseconds>(after);
  record.response_bytes += static_cast<int64_t>(bytes);
}

AttemptEnd LoseClient(net::http1::ServerExchange& exchange, model::AttemptRecord& attempt,
                      IoStatus status) {
  exchange.Abort();
  if (status == IoStatus::kTimeout) {
    attempt.error = "the client took nothing for too long";
    exchange.MarkStalled();
  }
  return status == IoStatus::kCancelled ? AttemptEnd::kCancelled : AttemptEnd::kClientGone;
}

}  // namespace llmgw::forward

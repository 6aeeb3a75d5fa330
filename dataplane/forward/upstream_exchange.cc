#include "dataplane/forward/upstream_exchange.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "dataplane/net/http1/early_answer.h"
#include "dataplane/net/http1/head_parser.h"

namespace llmgw::forward {

using net::IoResult;
using net::IoStatus;
using net::http1::BodyFraming;
using net::http1::ParseStatus;

namespace {

// A server that closes a kept connection just as a request comes is heard of at once. What breaks
// later may have been acted on.
constexpr std::chrono::milliseconds kClosedAtOnce{1'000};

}  // namespace

ExchangePeer ExchangePeer::Own(WorkerState& worker, const TlsContexts& tls,
                               const settings::UpstreamSettings& upstream) {
  return {worker, tls, upstream, upstream.endpoint, upstream.tls.server_name, upstream.pool_key};
}

AttemptEnd UpstreamExchange::EndOf(IoStatus status, const net::Waiter& waiter,
                                   Deadlines deadlines) {
  switch (status) {
    case IoStatus::kTimeout:
      return waiter.reactor().now() >= deadlines.total ? AttemptEnd::kTotalTimeout
                                                       : AttemptEnd::kFirstByteTimeout;
    case IoStatus::kPeerGone:
      return AttemptEnd::kClientGone;
    case IoStatus::kCancelled:
      return AttemptEnd::kCancelled;
    case IoStatus::kOk:
    case IoStatus::kAgain:
    case IoStatus::kEof:
    case IoStatus::kError:
      break;
  }
  return AttemptEnd::kReset;
}

net::Task<AttemptEnd> UpstreamExchange::Ask(net::Waiter& waiter, std::string_view message,
                                            Deadlines deadlines, model::AttemptRecord& record) {
  if (!dials_anew_) connection_ = peer_.worker.pool.Take(peer_.pool_key);
  if (connection_.stream != nullptr) {
    record.reused_connection = true;
    record.address = connection_.address;
    const AttemptEnd end = co_await Talk(waiter, message, deadlines, record);
    // A kept connection may be closed by the server just as it is used again; that says nothing
    // about the upstream.
    if (end != AttemptEnd::kReset || got_bytes_) co_return end;
    const bool harmless = message.starts_with("GET ");
    if (sent_whole_ && !harmless && waiter.reactor().now() - sent_at_ > kClosedAtOnce.count())
      co_return end;
    record.reused_connection = false;
    record.error.clear();
    connection_ = {};
  }
  const AttemptEnd connected = co_await Connect(waiter, deadlines, record);
  if (connected != AttemptEnd::kRelayed) co_return connected;
  co_return co_await Talk(waiter, message, deadlines, record);
}

net::Task<AttemptEnd> UpstreamExchange::Connect(net::Waiter& waiter, Deadlines deadlines,
                                                model::AttemptRecord& record) {
  const auto begun = std::chrono::steady_clock::now();
  net::Connected connected =
      co_await Dial({waiter, peer_.worker.resolver, &peer_.worker.pool, peer_.tls, peer_.upstream,
                     peer_.endpoint, peer_.server_name, deadlines.total});
  record.connect = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begun);
  record.error = std::move(connected.error);
  if (connected.stream == nullptr) {
    const AttemptEnd end = forward::EndOf(connected.failure);
    co_return end == AttemptEnd::kConnectTimeout&& waiter.reactor().now() >= deadlines.total
        ? AttemptEnd::kTotalTimeout
        : end;
  }
  connection_.stream = std::move(connected.stream);
  connection_.address = net::AddressText(connected.peer);
  record.address = connection_.address;
  co_return AttemptEnd::kRelayed;
}

net::Task<AttemptEnd> UpstreamExchange::Talk(net::Waiter& waiter, std::string_view message,
                                             Deadlines deadlines, model::AttemptRecord& record) {
  sent_whole_ = false;
  // Behind bytes that a stalled upstream does not take, an orderly close would never reach it.
  const net::LoopTime deadline =
      std::min(waiter.reactor().After(peer_.upstream.timeouts.idle), deadlines.total);
  const IoResult sent = co_await net::WriteHeld(waiter, *connection_.stream, message, deadline,
                                                net::http1::FinalAnswerWaits);
  // A server that answers before it has read everything may also have closed: its answer is looked
  // for in any case.
  if (!sent.ok() && !net::http1::FinalAnswerWaits(*connection_.stream)) {
    record.error = "the connection broke while the request was sent";
    connection_.stream->ResetOnClose();
    co_return EndOf(sent.status, waiter, deadlines);
  }
  sent_whole_ = sent.ok();
  sent_at_ = waiter.reactor().now();
  co_return co_await AwaitHead(waiter, deadlines, record);
}

net::Task<AttemptEnd> UpstreamExchange::AwaitHead(net::Waiter& waiter, Deadlines deadlines,
                                                  model::AttemptRecord& record) {
  const net::LoopTime deadline = std::min(deadlines.first_byte, deadlines.total);
  while (true) {
    const std::span<char> buffer = waiter.reactor().read_buffer();
    const IoResult read = co_await net::Read(waiter, *connection_.stream, buffer, deadline);
    if (!read.ok()) {
      if (std::string refusal = TlsRefusal(*connection_.stream); !got_bytes_ && !refusal.empty()) {
        record.error = std::move(refusal);
        connection_ = {};
        co_return AttemptEnd::kTlsFailed;
      }
      record.error = read.status == IoStatus::kTimeout
                         ? "no response head in time"
                         : "the connection was closed before the response head";
      co_return EndOf(read.status, waiter, deadlines);
    }
    got_bytes_ = true;
    head_bytes_.append(buffer.data(), read.bytes);
    net::http1::HeadFault fault = net::http1::HeadFault::kNone;
    ParseStatus parsed = ParseStatus::kDone;
    while (parsed == ParseStatus::kDone) {
      head_.Clear();
      parsed = net::http1::ParseResponseHead(head_bytes_, peer_.worker.response_head_limits, "GET",
                                             head_, fault);
      if (parsed == ParseStatus::kError || head_.status == 101) {
        record.error = "not an answer to this request: " + std::string(Slug(fault));
        co_return AttemptEnd::kBadResponse;
      }
      if (parsed != ParseStatus::kDone) break;
      // RFC 9110 15.2: interim responses come before the final one.
      if (head_.status >= 200) break;
      head_bytes_.erase(0, head_.head_bytes);
    }
    if (parsed == ParseStatus::kDone) break;
  }
  if (head_.status == 407 && IsForwardedByProxy(peer_.upstream)) {
    record.error = ProxyRefusal(peer_.upstream);
    connection_ = {};
    co_return AttemptEnd::kProxyFailed;
  }
  early_ = head_bytes_.substr(head_.head_bytes);
  status_ = head_.status;
  remaining_ = head_.content_length;
  body_done_ = head_.framing == BodyFraming::kNone ||
               (head_.framing == BodyFraming::kLength && remaining_ == 0);
  co_return AttemptEnd::kRelayed;
}

std::string_view UpstreamExchange::Header(std::string_view name) const {
  for (const net::http1::HeaderView& header : head_.headers) {
    if (header.name.size() == name.size() && net::http1::EqualsIgnoreCase(header.name, name))
      return header.value;
  }
  return {};
}

bool UpstreamExchange::event_stream() const {
  constexpr std::string_view kType = "text/event-stream";
  const std::string_view type = Header("content-type").substr(0, kType.size());
  const std::string_view coding = Header("content-encoding");
  return type.size() == kType.size() && net::http1::EqualsIgnoreCase(type, kType) &&
         (coding.empty() || coding == "identity");
}

// False: the framing is broken.
bool UpstreamExchange::Decode(std::string_view bytes, std::string& out) {
  if (head_.framing == BodyFraming::kChunked) {
    while (!bytes.empty() && !body_done_) {
      const net::http1::ChunkDecoder::Step step = decoder_.Next(bytes);
      out += step.data;
      bytes.remove_prefix(step.consumed);
      if (step.status == ParseStatus::kError) return false;
      body_done_ = step.status == ParseStatus::kDone;
    }
  } else if (head_.framing == BodyFraming::kLength) {
    const auto taken = static_cast<size_t>(std::min<uint64_t>(bytes.size(), remaining_));
    out += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    remaining_ -= taken;
    body_done_ = remaining_ == 0;
  } else if (head_.framing == BodyFraming::kUntilClose) {
    out += bytes;
    bytes = {};
  }
  excess_ = excess_ || !bytes.empty();
  return true;
}

net::Task<IoStatus> UpstreamExchange::Read(net::Waiter& waiter, net::LoopTime deadline,
                                           std::string& out) {
  const size_t before = out.size();
  if (!early_.empty()) {
    const bool decoded = Decode(early_, out);
    early_.clear();
    if (!decoded) co_return IoStatus::kError;
  }
  while (out.size() == before) {
    if (body_done_) {
      Keep(waiter.reactor().now());
      co_return IoStatus::kEof;
    }
    const std::span<char> buffer = waiter.reactor().relay_buffer();
    const IoResult read = co_await net::Read(waiter, *connection_.stream, buffer, deadline);
    if (read.status == IoStatus::kEof) {
      body_done_ = head_.framing == BodyFraming::kUntilClose;
      co_return body_done_ ? IoStatus::kEof : IoStatus::kError;
    }
    if (!read.ok()) co_return read.status;
    // Reads that never wait see no deadline.
    if (waiter.reactor().now() >= deadline) co_return IoStatus::kTimeout;
    if (!Decode({buffer.data(), read.bytes}, out)) co_return IoStatus::kError;
  }
  co_return IoStatus::kOk;
}

net::Task<AttemptEnd> UpstreamExchange::ReadAll(net::Waiter& waiter, size_t most,
                                                Deadlines deadlines, std::string& out) {
  const size_t begin = out.size();
  while (true) {
    const net::LoopTime deadline = std::min({waiter.reactor().After(peer_.upstream.timeouts.idle),
                                             deadlines.first_byte, deadlines.total});
    const IoStatus status = co_await Read(waiter, deadline, out);
    if (status == IoStatus::kEof) co_return AttemptEnd::kRelayed;
    if (status != IoStatus::kOk) co_return EndOf(status, waiter, deadlines);
    if (out.size() - begin > most) co_return AttemptEnd::kBadResponse;
  }
}

void UpstreamExchange::Keep(net::LoopTime now) {
  if (connection_.stream == nullptr || !head_.keep_alive || !sent_whole_ || excess_ ||
      head_.framing == BodyFraming::kUntilClose)
    return;
  peer_.worker.pool.Put(peer_.pool_key, std::move(connection_), now);
  connection_ = {};
}

}  // namespace llmgw::forward

#include "dataplane/forward/adapter/mock_answer.h"

#include <algorithm>

#include "dataplane/forward/head_writer.h"
#include "dataplane/forward/stream_relay.h"

namespace llmgw::forward {
namespace {

constexpr std::string_view kEventStream = "text/event-stream";

std::string_view ReasonOf(int status) {
  if (status == 200) return "OK";
  if (status == 429) return "Too Many Requests";
  return status < 500 ? "Bad Request" : "Internal Server Error";
}

}  // namespace

void MockAnswer::WriteHead(std::string& out, int status, std::string_view type, uint64_t length,
                           ResponseFraming framing) {
  net::http1::ResponseHead head;
  head.status = status;
  head.reason = ReasonOf(status);
  head.headers.push_back({"content-type", type, net::http1::HeaderId::kContentType});
  if (type == kEventStream)
    head.headers.push_back({"cache-control", "no-cache", net::http1::HeaderId::kOther});
  head.content_length = length;
  const std::string extra = request_.extra_headers + headers_;
  WriteClientHead(out, request_, head, framing, extra);
  request_.record.status = status;
  request_.record.upstream = job_.upstream.name;
  job_.record.status = status;
  job_.record.first_byte = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - job_.started);
  request_.exchange.MarkCommitted();
  request_.observer.OnHead(status, type, type == kEventStream, false);
}

net::Task<AttemptEnd> MockAnswer::Plain(int status, std::string body, Extent extent) {
  net::http1::ServerExchange& exchange = request_.exchange;
  if (!exchange.source().finished() || extent == Extent::kHalf) exchange.CloseAfter();
  std::string out;
  WriteHead(out, status, "application/json", body.size(), ResponseFraming::kLength);
  if (extent == Extent::kHalf) body.resize(body.size() / 2);
  if (!exchange.head_request()) {
    request_.observer.OnPayload(body);
    CountPayload(request_.record, body.size(), Elapsed());
    out += body;
  }
  if (!co_await Send(out)) co_return AttemptEnd::kClientGone;
  if (extent == Extent::kWhole) co_return AttemptEnd::kRelayed;
  job_.record.error = "the connection was closed in the middle";
  co_return AttemptEnd::kBroken;
}

net::Task<AttemptEnd> MockAnswer::Stream(std::vector<std::string> events, Extent extent) {
  net::http1::ServerExchange& exchange = request_.exchange;
  const ResponseFraming framing =
      ResponseBody::ClientFraming(net::http1::BodyFraming::kUntilClose, exchange.http10());
  if (framing == ResponseFraming::kUntilClose || !exchange.source().finished())
    exchange.CloseAfter();
  std::string out;
  WriteHead(out, 200, kEventStream, 0, framing);
  ResponseBody body(net::http1::BodyFraming::kUntilClose, 0, framing);
  if (extent == Extent::kHalf) events.resize((events.size() + 1) / 2);
  std::string storage;
  for (const std::string& event : events) {
    const bool last = &event == &events.back();
    const ResponseBody::Step step = body.Next(event, storage, request_.observer);
    out += step.out;
    CountPayload(request_.record, step.payload_bytes, Elapsed());
    if (last && extent == Extent::kWhole) out += body.Closing();
    if (!co_await Send(out)) co_return AttemptEnd::kClientGone;
    out.clear();
    if (last) break;
    const net::LoopTime next = std::min(
        exchange.reactor().now() + job_.upstream.mock.chunk_interval.count(), job_.total_deadline);
    const net::Wake wake = co_await net::Sleep(exchange.waiter(), next);
    if (wake == net::Wake::kPeerGone) co_return AttemptEnd::kClientGone;
    if (wake == net::Wake::kCancelled)
      co_return co_await EndBroken(body, model::ShuttingDown(), AttemptEnd::kCancelled);
    if (exchange.reactor().now() >= job_.total_deadline) {
      job_.record.error = "total timeout";
      co_return co_await EndBroken(body, model::StreamBroken(job_.upstream.name, "total timeout"),
                                   AttemptEnd::kBroken);
    }
  }
  if (extent == Extent::kWhole) co_return AttemptEnd::kRelayed;
  job_.record.error = "the connection was closed in the middle";
  co_return co_await EndBroken(body, model::StreamBroken(job_.upstream.name, job_.record.error),
                               AttemptEnd::kBroken);
}

net::Task<AttemptEnd> MockAnswer::EndBroken(ResponseBody& body, const model::Failure& failure,
                                            AttemptEnd end) {
  request_.exchange.CloseAfter();
  std::string last;
  const std::string event =
      ErrorEvent(request_.observer, request_.record, failure, request_.facts.dialect);
  if (body.EndWith(event, last)) (void)co_await Send(last);
  co_return end;
}

net::Task<bool> MockAnswer::Send(std::string_view bytes) {
  const iovec part = net::Part(bytes);
  const net::IoResult sent = co_await request_.exchange.Send({&part, 1});
  if (sent.status == net::IoStatus::kTimeout) request_.exchange.MarkStalled();
  co_return sent.ok();
}

}  // namespace llmgw::forward

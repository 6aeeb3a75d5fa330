#include "dataplane/forward/attempt.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dataplane/forward/dialer.h"
#include "dataplane/forward/head_writer.h"
#include "dataplane/forward/rate_limit_headers.h"
#include "dataplane/forward/response_body.h"
#include "dataplane/forward/stream_relay.h"
#include "dataplane/forward/tunnel_relay.h"
#include "dataplane/model/failure.h"
#include "dataplane/net/http1/head_parser.h"
#include "dataplane/net/http1/upgrade.h"

namespace llmgw::forward {
namespace {

using net::IoResult;
using net::IoStatus;
using net::http1::HeaderId;
using net::http1::ParseStatus;
using net::http1::RequestBody;
using net::http1::ResponseHead;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

microseconds Since(steady_clock::time_point start) {
  return duration_cast<microseconds>(steady_clock::now() - start);
}

bool IsContentCoded(const ResponseHead& head) {
  const net::http1::HeaderView* coding = head.Find(HeaderId::kContentEncoding);
  return coding != nullptr && !net::http1::EqualsIgnoreCase(coding->value, "identity");
}

}  // namespace

Attempt::Attempt(ForwardRequest& request, const settings::UpstreamSettings& upstream,
                 WorkerState& worker, Onward onward, SteadyTime started,
                 model::AttemptRecord& record)
    : request_(request),
      upstream_(upstream),
      worker_(worker),
      adapter_(AdapterFor(upstream.kind)),
      onward_(onward),
      record_(record),
      started_(started),
      total_deadline_(request.exchange.reactor().After(upstream.timeouts.total)),
      permit_(request.watch, upstream, request.facts.model, started) {}

net::LoopTime Attempt::Until(milliseconds wait) const {
  return std::min(request_.exchange.reactor().After(wait), total_deadline_);
}

AttemptEnd Attempt::TimeoutKind(AttemptEnd own) const {
  return request_.exchange.reactor().now() >= total_deadline_ ? AttemptEnd::kTotalTimeout : own;
}

AttemptEnd Attempt::FromIo(IoStatus status, AttemptEnd on_timeout, AttemptEnd on_failure) const {
  switch (status) {
    case IoStatus::kTimeout:
      return TimeoutKind(on_timeout);
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
  return on_failure;
}

net::Task<AttemptEnd> Attempt::Run() {
  if (!upstream_.model_map.empty()) rename_ = RenameFor(upstream_, request_.facts);
  request_.upstream_model = rename_ == nullptr ? request_.facts.model : rename_->name;
  AttemptEnd end = AttemptEnd::kRelayed;
  if (const std::optional<AttemptEnd> refused = adapter_.Refuses(request_, upstream_)) {
    end = *refused;
  } else if (ChooseCredential(); adapter_.answers()) {
    end = co_await adapter_.Answer({request_, upstream_, worker_, Secret(), record_,
                                    onward_.next_candidate, onward_.other_credential,
                                    total_deadline_, started_, permit_, credential_, retry_after_,
                                    refused_credential_, nothing_asked_});
  } else {
    end = co_await RunRemote();
  }
  if (record_.total.count() == 0) record_.total = Since(started_);
  record_.outcome = Slug(end);
  Report(end);
  co_return end;
}

void Attempt::Report(AttemptEnd end) {
  model::UpstreamAnswer answer;
  answer.outcome = OutcomeOf(end);
  // Whoever left while the answer was handed over: it did come.
  if (answer.outcome == model::UpstreamOutcome::kNothing && record_.status != 0 &&
      request_.exchange.committed())
    answer.outcome = model::UpstreamOutcome::kAnswered;
  if (nothing_asked_) answer.outcome = model::UpstreamOutcome::kNothing;
  answer.status = record_.status;
  answer.open = end == AttemptEnd::kRelayed && request_.relay != nullptr && record_.status != 101;
  // An answer that amounts to a refusal of the credential is about that, not about the upstream.
  if (amounts_to_ == 401 || amounts_to_ == 403 || amounts_to_ == 429) {
    answer.outcome = model::UpstreamOutcome::kAnswered;
    answer.status = amounts_to_;
  }
  answer.slug = Slug(end);
  answer.model = request_.facts.model;
  answer.credential = credential_;
  answer.first_byte = record_.first_byte;
  answer.began = started_;
  answer.retry_after = retry_after_;
  answer.now = started_ + record_.total;
  record_.credential_rests = request_.watch.Answered(upstream_, answer);
}

void Attempt::ChooseCredential() {
  if (Secret() == nullptr) return;
  credential_ = request_.watch.PickCredential(upstream_, request_.caller, started_);
  record_.credential_id = upstream_.credentials[credential_].id;
}

const SecretString* Attempt::Secret() const {
  const bool stored = upstream_.credential_mode == settings::CredentialMode::kStored &&
                      !upstream_.credentials.empty();
  return stored ? &upstream_.credentials[credential_].secret : nullptr;
}

net::Task<AttemptEnd> Attempt::RunRemote() {
  UpstreamConnection connection = worker_.pool.Take(upstream_.pool_key);
  if (connection.stream != nullptr) {
    record_.reused_connection = true;
    record_.address = connection.address;
    const AttemptEnd end = co_await RunOnConnection(connection, started_);
    GiveUp(connection);
    // A kept connection may be closed by the server just as it is used again; that says nothing
    // about the upstream.
    if (end != AttemptEnd::kReset || got_bytes_ || !replayable_) co_return end;
    record_.reused_connection = false;
    record_.error.clear();
  }
  connection = {};
  AttemptEnd end = co_await Connect(connection);
  if (end != AttemptEnd::kRelayed) co_return end;
  end = co_await RunOnConnection(connection, steady_clock::now());
  GiveUp(connection);
  co_return end;
}

net::Task<AttemptEnd> Attempt::Connect(UpstreamConnection& connection) {
  request_.exchange.KeepInput();
  const steady_clock::time_point begun = steady_clock::now();
  net::Connected connected =
      co_await Dial({request_.exchange.waiter(), worker_.resolver, &worker_.pool, request_.tls,
                     upstream_, upstream_.endpoint, upstream_.tls.server_name, total_deadline_});
  record_.connect = Since(begun);
  record_.error = std::move(connected.error);
  if (connected.stream == nullptr) {
    const AttemptEnd end = EndOf(connected.failure);
    co_return end == AttemptEnd::kConnectTimeout ? TimeoutKind(end) : end;
  }
  connection.stream = std::move(connected.stream);
  connection.address = net::AddressText(connected.peer);
  record_.address = connection.address;
  co_return AttemptEnd::kRelayed;
}

net::Task<AttemptEnd> Attempt::RunOnConnection(UpstreamConnection& connection, SteadyTime begun) {
  AttemptEnd end = co_await SendRequest(*connection.stream);
  if (end != AttemptEnd::kRelayed) co_return end;
  // Longer bodies wait for the sockets, which is not the gateway's own time.
  if (request_.exchange.body().in_memory()) request_.record.gateway += Since(begun);
  ResponseHead& head = worker_.response_head;
  std::string kept;
  std::string_view rest;
  end = co_await ReadHead(*connection.stream, head, kept, rest);
  if (end != AttemptEnd::kRelayed) co_return end;
  const SteadyTime arrived = steady_clock::now();
  record_.first_byte = duration_cast<microseconds>(arrived - started_);
  record_.status = head.status;
  if (head.status == 101) co_return Switch(connection, head, rest);
  if (head.status == 407 && IsForwardedByProxy(upstream_)) {
    record_.error = ProxyRefusal(upstream_);
    co_return AttemptEnd::kProxyFailed;
  }
  if (head.status >= 400) retry_after_ = RetryAfter(head, std::chrono::system_clock::now());
  if (SendsOn(head)) {
    record_.error = "status " + std::to_string(head.status);
    // An error answer that is already here leaves the connection usable; a longer one is not waited
    // for.
    const bool whole =
        head.framing == net::http1::BodyFraming::kNone ||
        (head.framing == net::http1::BodyFraming::kLength && head.content_length == rest.size());
    if (whole && head.keep_alive) Keep(connection);
    co_return AttemptEnd::kRefused;
  }
  std::unique_ptr<HeldAnswer> held;
  if (onward_.next_candidate && replayable_) {
    end = LookInside(head, rest, held);
    if (held != nullptr) end = co_await Hold(*connection.stream, *held);
    if (end != AttemptEnd::kRelayed) co_return end;
  }
  if (held != nullptr)
    co_return co_await Relay(connection, held->head(), held->body(), steady_clock::now());
  end = co_await Relay(connection, head, rest, arrived);
  worker_.spare.Give(std::move(kept));
  co_return end;
}

// The response is not for the client: the route's retry_on names its status, and somebody else, or
// this upstream with another credential, may still be asked.
bool Attempt::SendsOn(const ResponseHead& head) {
  if (!SendsOnStatus(request_, head.status) || !replayable_) return false;
  const MonotonicTime now = started_ + record_.first_byte;
  refused_credential_ = onward_.other_credential && !record_.credential_id.empty() &&
                        OtherCredentialMayDo(request_, upstream_, credential_, head.status, now);
  if (!onward_.next_candidate && !refused_credential_) return false;
  return TakeRetry(request_, record_, now);
}

void Attempt::GiveUp(UpstreamConnection& connection) {
  // Behind bytes that a stalled upstream does not take, an orderly close would never reach it.
  if (connection.stream != nullptr && !sent_whole_) connection.stream->ResetOnClose();
}

void Attempt::Keep(UpstreamConnection& connection) {
  // An upstream that answered before it read the whole request would take the next one for the rest
  // of its body.
  if (!sent_whole_) return;
  worker_.pool.Put(upstream_.pool_key, std::move(connection), request_.exchange.reactor().now());
}

void Attempt::BuildHead(std::string& head, const OutgoingBody& body) {
  std::string& own_headers = worker_.header_scratch;
  own_headers.clear();
  adapter_.AppendHeaders(own_headers, request_, upstream_, Secret());
  std::string& target = worker_.target_scratch;
  target.clear();
  if (rename_ != nullptr && rename_->place == model::ModelPlace::kQuery) {
    const std::string query = RenamedQuery(request_.query, *rename_);
    const std::string_view asked = std::exchange(request_.query, query);
    adapter_.AppendTarget(target, request_, upstream_);
    request_.query = asked;
  } else {
    adapter_.AppendTarget(target, request_, upstream_);
  }
  if (IsForwardedByProxy(upstream_)) AddressToProxy(upstream_, target, own_headers);
  const RequestBody& source = request_.exchange.source();
  RequestFraming framing;
  framing.has_body = body.size() > 0 || !source.finished();
  if (source.finished()) {
    framing.length = body.size();
  } else if (!source.chunked()) {
    framing.length = source.announced() + (body.size() - request_.exchange.body().size());
  }
  WriteUpstreamHead(head, request_, upstream_, target, own_headers, framing);
}

net::Task<AttemptEnd> Attempt::ReadHead(net::Stream& upstream, ResponseHead& head,
                                        std::string& kept, std::string_view& rest) {
  const milliseconds first_byte =
      request_.facts.stream ? upstream_.timeouts.first_byte_stream : upstream_.timeouts.first_byte;
  const net::LoopTime deadline = Until(first_byte);
  first_byte_deadline_ = deadline;
  int interim = 0;
  while (true) {
    const std::span<char> buffer = request_.exchange.reactor().read_buffer();
    const IoResult read =
        co_await net::Read(request_.exchange.waiter(), upstream, buffer, deadline);
    if (!read.ok()) {
      if (const std::string refusal = TlsRefusal(upstream); !got_bytes_ && !refusal.empty()) {
        record_.error = refusal;
        co_return AttemptEnd::kTlsFailed;
      }
      record_.error = read.status == IoStatus::kTimeout
                          ? "no response head in time"
                          : "the connection was closed before the response head";
      co_return FromIo(read.status, AttemptEnd::kFirstByteTimeout, AttemptEnd::kReset);
    }
    got_bytes_ = true;
    rest = {buffer.data(), read.bytes};
    const bool park = request_.exchange.reactor().crowded() && rest.size() <= net::kMostParkedBytes;
    if (park || !kept.empty()) {
      if (kept.empty()) kept = worker_.spare.Take();
      kept += rest;
      rest = kept;
    }
    if (park) {
      const net::Wake wake = co_await net::EndOfTurn(request_.exchange.waiter());
      if (wake != net::Wake::kReady)
        co_return FromIo(net::ToStatus(wake), AttemptEnd::kReset, AttemptEnd::kReset);
    }
    while (true) {
      net::http1::HeadFault fault = net::http1::HeadFault::kNone;
      const ParseStatus status = net::http1::ParseResponseHead(
          rest, worker_.response_head_limits, request_.exchange.head().method, head, fault);
      const bool unasked = status == ParseStatus::kDone && head.status == 101 &&
                           !net::http1::GrantsSwitch(request_.exchange.head(), head);
      if (status == ParseStatus::kError || unasked) {
        record_.error =
            "bad response head: " +
            std::string(status == ParseStatus::kError ? Slug(fault) : "unasked protocol switch");
        co_return AttemptEnd::kBadResponse;
      }
      if (status == ParseStatus::kNeedMore) break;
      rest.remove_prefix(head.head_bytes);
      // RFC 9110 15.2: interim responses come before the final one.
      if (head.status >= 200 || head.status == 101) co_return AttemptEnd::kRelayed;
      // While they keep coming no read waits, so no deadline would be seen.
      if (++interim > kMostInterimResponses) {
        record_.error = "interim responses without end";
        co_return AttemptEnd::kBadResponse;
      }
    }
    // Assigned through a copy: `rest` may lie in `kept`.
    kept = std::string(rest);
  }
}

void Attempt::Commit(const ResponseHead& head, bool event_stream) {
  model::RequestRecord& record = request_.record;
  record.status = head.status;
  record.upstream = upstream_.name;
  request_.exchange.MarkCommitted();
  const net::http1::HeaderView* type = head.Find(HeaderId::kContentType);
  request_.observer.OnHead(head.status, type == nullptr ? std::string_view() : type->value,
                           event_stream, IsContentCoded(head));
}

net::Task<AttemptEnd> Attempt::Relay(UpstreamConnection& connection, ResponseHead& head,
                                     std::string_view rest, SteadyTime arrived) {
  net::http1::ServerExchange& exchange = request_.exchange;
  const AnswerKind kind = KindOf(head);
  std::unique_ptr<ModelRewriter> rewriter = rename_ == nullptr ? nullptr : Rewriter(head, kind);
  const bool rewritten = rewriter != nullptr;
  const bool whole =
      head.framing == net::http1::BodyFraming::kLength && rest.size() >= head.content_length;
  const ResponseFraming framing =
      rewritten && !whole ? ResponseBody::RewrittenFraming(head.framing, exchange.http10())
                          : ResponseBody::ClientFraming(head.framing, exchange.http10());
  if (framing == ResponseFraming::kUntilClose || !exchange.source().finished())
    exchange.CloseAfter();
  const bool event_stream = kind == AnswerKind::kEvents;
  const bool keep_alive = head.keep_alive;
  Commit(head, event_stream);

  ResponseBody body(head.framing, head.content_length, framing, std::move(rewriter));
  std::string storage;
  const ResponseBody::Step step = body.Next(rest, storage, request_.observer);
  if (rewritten && whole) head.content_length = step.out.size();
  std::string& out = worker_.scratch;
  out.clear();
  WriteClientHead(out, request_, head, framing);
  CountPayload(request_.record, step.payload_bytes, arrived - request_.started);
  const std::array<iovec, 2> parts{net::Part(out), net::Part(step.out)};
  const IoResult sent = co_await exchange.Send(parts);
  const SteadyTime relayed = steady_clock::now();
  request_.record.gateway += duration_cast<microseconds>(relayed - arrived);
  record_.total = duration_cast<microseconds>(relayed - started_);
  if (!sent.ok()) co_return LoseClient(exchange, record_, sent.status);
  if (step.state == ResponseBody::State::kDone) {
    if (keep_alive && !step.excess) Keep(connection);
    co_return AttemptEnd::kRelayed;
  }
  // The head is out: neither it nor the kept body will be needed again, and a stream may last for
  // an hour.
  worker_.heads.Put(exchange.ReleaseRequest());
  OpenResponse open{
      std::move(connection), std::move(body), step.state, event_stream,       keep_alive,
      sent_whole_,           total_deadline_, started_,   std::move(permit_), credential_};
  request_.relay = std::make_unique<StreamRelay>(request_, worker_, upstream_, std::move(open));
  co_return AttemptEnd::kRelayed;
}

// Null: nothing in this answer is to be put back.
std::unique_ptr<ModelRewriter> Attempt::Rewriter(const ResponseHead& head, AnswerKind kind) const {
  // Of a part of a document (206) nobody knows where in it it begins.
  const bool readable = kind != AnswerKind::kOther && head.status != 206;
  if (!readable || head.framing == net::http1::BodyFraming::kNone) return nullptr;
  const auto format = kind == AnswerKind::kEvents ? ModelRewriter::Format::kEvents
                                                  : ModelRewriter::Format::kDocument;
  return std::make_unique<ModelRewriter>(format, rename_->name, rename_->asked);
}

// The upstream granted what the client asked for: HTTP ends here on both connections. The total
// timeout bounded the way to this point, not what follows.
AttemptEnd Attempt::Switch(UpstreamConnection& connection, const ResponseHead& head,
                           std::string_view rest) {
  net::http1::ServerExchange& exchange = request_.exchange;
  exchange.CloseAfter();
  SwitchedConnection switched{
      std::move(connection),
      net::http1::SwitchesToWebsocket(head) ? TunnelProtocol::kWebsocket : TunnelProtocol::kOpaque,
      {},
      rest,
      started_,
      std::move(permit_)};
  WriteClientHead(switched.head, request_, head, ResponseFraming::kSwitched);
  Commit(head, false);
  request_.record.first_byte = Since(request_.started);
  request_.observer.OnTunnel();
  request_.relay = std::make_unique<TunnelRelay>(request_, upstream_, std::move(switched));
  worker_.heads.Put(exchange.ReleaseRequest());
  return AttemptEnd::kRelayed;
}

}  // namespace llmgw::forward

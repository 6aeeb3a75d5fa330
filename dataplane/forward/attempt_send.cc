// How the request of an attempt goes out.
#include <array>
#include <charconv>

#include "dataplane/forward/attempt.h"
#include "dataplane/net/http1/early_answer.h"

namespace llmgw::forward {
namespace {

// As much of a kept body goes out in one call with the head; what is written so is copied when the
// upstream makes it wait.
constexpr size_t kMostJoinedBytes = 64 * 1024;

}  // namespace

using net::IoResult;
using net::IoStatus;
using net::http1::RequestBody;

net::Task<AttemptEnd> Attempt::SendRequest(net::Stream& upstream) {
  sent_whole_ = false;
  request_.exchange.KeepInput();
  if (const net::Wake wake = co_await net::EndOfTurn(request_.exchange.waiter());
      wake != net::Wake::kReady)
    co_return FromIo(net::ToStatus(wake), AttemptEnd::kReset, AttemptEnd::kReset);
  std::string& head = worker_.scratch;
  head.clear();
  const net::http1::BufferedBody& body = request_.exchange.body();
  const OutgoingBody outgoing(body, rename_.get());
  BuildHead(head, outgoing);
  const bool renamed = rename_ != nullptr && rename_->in_body();
  if (renamed && body.in_memory() && body.size() <= kMostJoinedBytes &&
      request_.exchange.source().finished())
    co_return co_await SendRenamed(upstream, outgoing);
  const bool held_whole = !renamed && body.in_memory() && request_.exchange.source().finished();
  const std::string_view held = held_whole ? body.memory() : std::string_view();
  const std::string_view joined = held.substr(0, kMostJoinedBytes);
  const std::array<iovec, 2> parts{net::Part(head), net::Part(joined)};
  const IoResult sent =
      co_await net::Write(request_.exchange.waiter(), upstream, parts,
                          Until(upstream_.timeouts.idle), net::http1::FinalAnswerWaits);
  if (!sent.ok()) co_return SendingStopped(upstream, sent.status);
  if (held_whole) {
    if (joined.size() < held.size())
      co_return co_await SendFromMemory(upstream, held.substr(joined.size()));
    sent_whole_ = true;
    co_return AttemptEnd::kRelayed;
  }
  const AttemptEnd end = co_await SendHeldBody(upstream, outgoing);
  if (end != AttemptEnd::kRelayed || request_.exchange.source().finished()) co_return end;
  co_return co_await PumpBody(upstream);
}

// A server that answers before it has read everything may also have closed: its answer is looked
// for in any case.
AttemptEnd Attempt::SendingStopped(net::Stream& upstream, IoStatus status) {
  if (net::http1::FinalAnswerWaits(upstream)) return AttemptEnd::kRelayed;
  record_.error = "the connection broke while the request was sent";
  return FromIo(status, AttemptEnd::kFirstByteTimeout, AttemptEnd::kReset);
}

net::Task<AttemptEnd> Attempt::SendFromMemory(net::Stream& upstream, std::string_view rest) {
  while (true) {
    if (net::http1::FinalAnswerWaits(upstream)) co_return AttemptEnd::kRelayed;
    const std::string_view piece = rest.substr(0, net::kYieldBytes);
    const IoResult sent =
        co_await net::WriteHeld(request_.exchange.waiter(), upstream, piece,
                                Until(upstream_.timeouts.idle), net::http1::FinalAnswerWaits);
    if (!sent.ok()) co_return SendingStopped(upstream, sent.status);
    rest.remove_prefix(piece.size());
    if (rest.empty()) break;
    const net::Wake wake = co_await net::Yield(request_.exchange.waiter());
    if (wake != net::Wake::kReady)
      co_return FromIo(net::ToStatus(wake), AttemptEnd::kReset, AttemptEnd::kReset);
  }
  sent_whole_ = true;
  co_return AttemptEnd::kRelayed;
}

// A short body in which the model's name changes: at once with the head, as other short ones.
net::Task<AttemptEnd> Attempt::SendRenamed(net::Stream& upstream, const OutgoingBody& body) {
  const std::array<std::string_view, 3> pieces = body.Parts();
  const std::array<iovec, 4> parts{net::Part(worker_.scratch), net::Part(pieces[0]),
                                   net::Part(pieces[1]), net::Part(pieces[2])};
  const IoResult sent =
      co_await net::Write(request_.exchange.waiter(), upstream, parts,
                          Until(upstream_.timeouts.idle), net::http1::FinalAnswerWaits);
  if (!sent.ok()) co_return SendingStopped(upstream, sent.status);
  sent_whole_ = true;
  co_return AttemptEnd::kRelayed;
}

net::Task<AttemptEnd> Attempt::SendHeldBody(net::Stream& upstream, const OutgoingBody& body) {
  const bool chunked =
      !request_.exchange.source().finished() && request_.exchange.source().chunked();
  uint64_t offset = 0;
  uint64_t yielded_at = 0;
  while (offset < body.size()) {
    if (net::http1::FinalAnswerWaits(upstream)) co_return AttemptEnd::kRelayed;
    const std::span<char> room = request_.exchange.reactor().read_buffer();
    const size_t n = body.ReadAt(offset, room);
    if (n == 0) {
      record_.error = "the kept request body can't be read";
      co_return AttemptEnd::kReset;
    }
    offset += n;
    std::array<char, 18> size_line;
    char* end = std::to_chars(size_line.data(), size_line.data() + 16, n, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    const std::string_view size_text =
        chunked ? std::string_view(size_line.data(), end) : std::string_view();
    const std::array<iovec, 3> parts{net::Part(size_text), net::Part({room.data(), n}),
                                     net::Part(chunked ? "\r\n" : "")};
    const IoResult sent =
        co_await net::Write(request_.exchange.waiter(), upstream, parts,
                            Until(upstream_.timeouts.idle), net::http1::FinalAnswerWaits);
    if (!sent.ok()) co_return SendingStopped(upstream, sent.status);
    if (offset - yielded_at < net::kYieldBytes) continue;
    yielded_at = offset;
    const net::Wake wake = co_await net::Yield(request_.exchange.waiter());
    if (wake != net::Wake::kReady)
      co_return FromIo(net::ToStatus(wake), AttemptEnd::kReset, AttemptEnd::kReset);
  }
  sent_whole_ = request_.exchange.source().finished();
  co_return AttemptEnd::kRelayed;
}

net::Task<AttemptEnd> Attempt::PumpBody(net::Stream& upstream) {
  net::http1::ServerExchange& exchange = request_.exchange;
  RequestBody& source = exchange.source();
  const bool chunked = source.chunked();
  uint64_t yielded_at = source.received();
  while (!source.finished()) {
    // An answer before the body's end (413, 401) ends the upload: what the client still sends is
    // not wanted.
    if (net::http1::FinalAnswerWaits(upstream)) {
      exchange.CloseAfter();
      co_return AttemptEnd::kRelayed;
    }
    const RequestBody::Chunk chunk = source.TryNext();
    if (chunk.status == RequestBody::Status::kAgain) {
      net::Stream& client = exchange.client();
      exchange.waiter().Guard(nullptr);
      const net::LoopTime deadline =
          exchange.pace().BeginWait(exchange.reactor().now(), source.received());
      const net::Wake wake = co_await net::WaitAny(
          exchange.waiter(), &client.descriptor(), client.read_interest(), &upstream.descriptor(),
          net::kReadable, std::min(deadline, total_deadline_));
      exchange.pace().EndWait(exchange.reactor().now());
      exchange.waiter().Guard(&client.descriptor());
      if (wake == net::Wake::kCancelled) co_return AttemptEnd::kCancelled;
      if (wake == net::Wake::kTimeout) co_return TimeoutKind(AttemptEnd::kClientBodyTimeout);
      continue;
    }
    // From here on bytes of the client went to this upstream only.
    replayable_ = false;
    if (chunk.status == RequestBody::Status::kGone) co_return AttemptEnd::kClientGone;
    if (chunk.status == RequestBody::Status::kMalformed) co_return AttemptEnd::kClientBodyMalformed;
    if (source.received() > exchange.max_body_bytes()) co_return AttemptEnd::kClientBodyTooLarge;
    std::array<char, 18> size_line;
    char* end = std::to_chars(size_line.data(), size_line.data() + 16, chunk.data.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    const bool framed = chunked && !chunk.data.empty();
    const std::array<iovec, 3> parts{
        net::Part(framed ? std::string_view(size_line.data(), end) : std::string_view()),
        net::Part(chunk.data), net::Part(framed ? "\r\n" : "")};
    exchange.KeepInput();
    const IoResult sent =
        co_await net::Write(exchange.waiter(), upstream, parts, Until(upstream_.timeouts.idle),
                            net::http1::FinalAnswerWaits);
    if (!sent.ok()) {
      exchange.CloseAfter();
      co_return SendingStopped(upstream, sent.status);
    }
    if (source.received() - yielded_at < net::kYieldBytes) continue;
    yielded_at = source.received();
    const net::Wake wake = co_await net::Yield(exchange.waiter());
    if (wake != net::Wake::kReady)
      co_return FromIo(net::ToStatus(wake), AttemptEnd::kReset, AttemptEnd::kReset);
  }
  if (chunked) {
    const iovec last = net::Part("0\r\n\r\n");
    const IoResult sent = co_await net::Write(exchange.waiter(), upstream, {&last, 1},
                                              Until(upstream_.timeouts.idle));
    if (!sent.ok())
      co_return FromIo(sent.status, AttemptEnd::kFirstByteTimeout, AttemptEnd::kReset);
  }
  exchange.KeepInput();
  sent_whole_ = true;
  co_return AttemptEnd::kRelayed;
}

}  // namespace llmgw::forward

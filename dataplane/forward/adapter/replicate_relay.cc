#include "dataplane/forward/adapter/replicate_relay.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "dataplane/forward/stream_relay.h"

namespace llmgw::forward {
namespace {

using net::IoStatus;

constexpr int kUsageTries = 3;
constexpr std::chrono::milliseconds kUsagePause{200};
constexpr std::chrono::milliseconds kUsageWait{5'000};

// As it may stand between the quotes of a JSON string.
std::string Escaped(std::string_view text) {
  const std::string quoted =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

net::Task<model::TokenUsage> AskUsage(net::Waiter& waiter, const ReplicateAccount& account,
                                      const std::string& id, net::LoopTime total_deadline) {
  const std::string message = GetMessage(account, id);
  for (int i = 0; i < kUsageTries; ++i) {
    if (i > 0) {
      const net::Wake wake = co_await net::Sleep(waiter, waiter.reactor().After(kUsagePause));
      if (wake != net::Wake::kTimeout) break;
    }
    const UpstreamExchange::Deadlines deadlines{waiter.reactor().After(kUsageWait), total_deadline};
    model::AttemptRecord record;
    UpstreamExchange exchange(ExchangePeer::Own(account.worker, *account.tls, account.upstream));
    std::string body;
    AttemptEnd end = co_await exchange.Ask(waiter, message, deadlines, record);
    if (end == AttemptEnd::kRelayed)
      end = co_await exchange.ReadAll(waiter, kMostApiAnswer, deadlines, body);
    if (end != AttemptEnd::kRelayed || exchange.status() != 200) break;
    const std::optional<Prediction> prediction = ParsePrediction(body);
    if (!prediction) break;
    if (prediction->usage.output || prediction->status != PredictionStatus::kRunning)
      co_return prediction->usage;
  }
  co_return model::TokenUsage();
}

ReplicateRelay::ReplicateRelay(const ForwardRequest& request, OpenPrediction open)
    : exchange_(request.exchange),
      observer_(request.observer),
      record_(request.record),
      dialect_(request.facts.dialect),
      upstream_(open.guard->account().upstream),
      open_(std::move(open)) {}

net::Task<IoStatus> ReplicateRelay::Send(std::string_view chunks, std::string_view closing) {
  std::string storage;
  const ResponseBody::Step step = open_.body.Next(chunks, storage, observer_);
  CountPayload(record_, step.payload_bytes, {});
  const std::array<iovec, 2> parts{net::Part(step.out), net::Part(closing)};
  const net::IoResult sent = co_await exchange_.Send(parts);
  co_return sent.status;
}

net::Task<AttemptEnd> ReplicateRelay::Run() {
  net::Reactor& reactor = exchange_.reactor();
  uint64_t unyielded = 0;
  std::string bytes, chunks;
  while (open_.events.state() == ReplicateEvents::State::kRunning) {
    if (unyielded >= net::kYieldBytes) {
      unyielded = 0;
      const net::Wake wake = co_await net::Yield(exchange_.waiter());
      if (wake != net::Wake::kReady) co_return co_await BreakOff(net::ToStatus(wake));
    }
    bytes.clear();
    const net::LoopTime deadline =
        std::min(reactor.After(upstream_.timeouts.idle), open_.total_deadline);
    const IoStatus read = co_await open_.exchange->Read(exchange_.waiter(), deadline, bytes);
    if (read != IoStatus::kOk) co_return co_await BreakOff(read);
    unyielded += bytes.size();
    chunks.clear();
    open_.events.Feed(bytes, chunks);
    if (chunks.empty()) continue;
    if (const IoStatus sent = co_await Send(chunks, ""); sent != IoStatus::kOk)
      co_return LoseClient(exchange_, attempt(), sent);
  }
  co_return co_await Complete();
}

net::Task<AttemptEnd> ReplicateRelay::Complete() {
  switch (open_.events.state()) {
    case ReplicateEvents::State::kRunning:
    case ReplicateEvents::State::kDone:
      break;
    case ReplicateEvents::State::kFailed: {
      open_.guard->Settle();
      // Put together before the wait: g++ 12 frees temporaries of a conditional in it twice.
      std::string how = "the prediction failed";
      if (!open_.events.error().empty()) how += ": " + open_.events.error();
      co_return co_await EndBroken(AttemptEnd::kBroken, how);
    }
    case ReplicateEvents::State::kCanceled:
      open_.guard->Settle();
      co_return co_await EndBroken(AttemptEnd::kBroken, "the prediction was canceled");
    case ReplicateEvents::State::kMalformed:
      co_return co_await EndBroken(AttemptEnd::kBroken, "an event without end");
  }
  open_.guard->Settle();
  open_.exchange.reset();
  const model::TokenUsage usage =
      co_await AskUsage(exchange_.waiter(), open_.guard->account(), open_.id, open_.total_deadline);
  observer_.OnUsage(usage);
  std::string chunks;
  open_.events.Finish(FinishReason(usage, open_.max_tokens), usage, chunks);
  if (const IoStatus sent = co_await Send(chunks, open_.body.Closing()); sent != IoStatus::kOk)
    co_return LoseClient(exchange_, attempt(), sent);
  co_return AttemptEnd::kRelayed;
}

// The event stream ended before the prediction did, or a wait was ended.
net::Task<AttemptEnd> ReplicateRelay::BreakOff(IoStatus status) {
  if (status == IoStatus::kPeerGone) co_return LoseClient(exchange_, attempt(), status);
  if (status == IoStatus::kCancelled)
    co_return co_await EndBroken(AttemptEnd::kCancelled, "the gateway is shutting down");
  std::string_view how = "the event stream ended before the prediction did";
  if (status == IoStatus::kTimeout)
    how = exchange_.reactor().now() >= open_.total_deadline ? "total timeout" : "idle timeout";
  co_return co_await EndBroken(AttemptEnd::kBroken, how);
}

net::Task<AttemptEnd> ReplicateRelay::EndBroken(AttemptEnd end, std::string_view how) {
  exchange_.CloseAfter();
  attempt().error = how;
  const model::Failure failure = end == AttemptEnd::kCancelled
                                     ? model::ShuttingDown()
                                     : model::StreamBroken(upstream_.name, Escaped(how));
  std::string last;
  if (open_.body.EndWith(ErrorEvent(observer_, record_, failure, dialect_), last)) {
    const iovec part = net::Part(last);
    const net::IoResult sent = co_await exchange_.Send({&part, 1});
    if (!sent.ok()) exchange_.Abort();
  } else {
    exchange_.Abort();
  }
  co_return end;
}

tl::expected<void, model::Failure> ReplicateRelay::Finish(AttemptEnd end) {
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

}  // namespace llmgw::forward

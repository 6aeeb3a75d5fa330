#include "dataplane/forward/adapter/replicate_api.h"

#include <utility>

namespace llmgw::forward {
namespace {

using std::chrono::milliseconds;

// How long cancelling may take, and after which the creation of a prediction that nobody waits for
// is no longer waited for (it asked to be answered within a minute).
constexpr milliseconds kCancelWait{10'000};
constexpr milliseconds kCreationWait{70'000};

std::string Message(const ReplicateAccount& account, std::string_view method,
                    const settings::Endpoint& endpoint, std::string_view target, bool own_origin) {
  std::string place(target), proxy_lines;
  if (own_origin && IsForwardedByProxy(account.upstream))
    AddressToProxy(account.upstream, place, proxy_lines);
  std::string out(method);
  out += ' ';
  out += place;
  out += " HTTP/1.1\r\nhost: ";
  out += endpoint.authority;
  out += "\r\nuser-agent: llmgw\r\n";
  out += proxy_lines;
  if (own_origin && account.secret != nullptr) {
    out += "authorization: Bearer ";
    out += account.secret->Reveal();
    out += "\r\n";
  }
  return out;
}

std::string OwnMessage(const ReplicateAccount& account, std::string_view method,
                       std::string_view path) {
  const settings::Endpoint& endpoint = account.upstream.endpoint;
  std::string target = endpoint.base_path;
  target += path;
  return Message(account, method, endpoint, target, true) + "accept: application/json\r\n";
}

std::string PathOf(std::string_view id) { return "/predictions/" + std::string(id); }

// Cancels one prediction; first finds out which, where that is not known yet.
class Cancellation final : public Errand {
 public:
  Cancellation(ReplicateAccount account, std::string id, std::unique_ptr<UpstreamExchange> asked,
               std::string body)
      : account_(std::move(account)),
        id_(std::move(id)),
        asked_(std::move(asked)),
        body_(std::move(body)) {}

  net::Task<bool> Run(net::Waiter& waiter) override {
    if (id_.empty() && !co_await LearnId(waiter)) co_return false;
    if (id_.empty()) co_return true;
    const std::string message = CancelMessage(account_, id_);
    UpstreamExchange exchange(ExchangePeer::Own(account_.worker, *account_.tls, account_.upstream));
    const UpstreamExchange::Deadlines deadlines = Within(waiter, kCancelWait);
    const AttemptEnd end = co_await exchange.Ask(waiter, message, deadlines, record_);
    if (end != AttemptEnd::kRelayed) co_return false;
    const bool done = exchange.status() < 300;
    std::string answer;
    (void)co_await exchange.ReadAll(waiter, kMostApiAnswer, deadlines, answer);
    co_return done;
  }

 private:
  static UpstreamExchange::Deadlines Within(net::Waiter& waiter, milliseconds wait) {
    const net::LoopTime until = waiter.reactor().After(wait);
    return {until, until};
  }

  // True with an empty id: there is nothing to cancel.
  net::Task<bool> LearnId(net::Waiter& waiter) {
    const UpstreamExchange::Deadlines deadlines = Within(waiter, kCreationWait);
    AttemptEnd end = AttemptEnd::kRelayed;
    if (asked_->status() == 0) end = co_await asked_->AwaitHead(waiter, deadlines, record_);
    if (end == AttemptEnd::kRelayed)
      end = co_await asked_->ReadAll(waiter, kMostApiAnswer, deadlines, body_);
    if (end != AttemptEnd::kRelayed) co_return false;
    const std::optional<Prediction> prediction = ParsePrediction(body_);
    if (prediction && prediction->status == PredictionStatus::kRunning) id_ = prediction->id;
    co_return true;
  }

  ReplicateAccount account_;
  std::string id_;
  std::unique_ptr<UpstreamExchange> asked_;
  std::string body_;
  model::AttemptRecord record_;  // nobody's: the request's own is written already
};

}  // namespace

std::string CreateMessage(const ReplicateAccount& account, const PredictionOrder& order,
                          int64_t wait_seconds) {
  std::string out = OwnMessage(account, "POST", order.path);
  if (wait_seconds > 0) out += "prefer: wait=" + std::to_string(wait_seconds) + "\r\n";
  out += "content-type: application/json\r\ncontent-length: " + std::to_string(order.body.size()) +
         "\r\n\r\n";
  return out + order.body;
}

std::string GetMessage(const ReplicateAccount& account, std::string_view id) {
  return OwnMessage(account, "GET", PathOf(id)) + "\r\n";
}

std::string CancelMessage(const ReplicateAccount& account, std::string_view id) {
  return OwnMessage(account, "POST", PathOf(id) + "/cancel") + "content-length: 0\r\n\r\n";
}

std::string StreamMessage(const ReplicateAccount& account, const StreamPlace& place) {
  return Message(account, "GET", place.endpoint, place.target, place.own_origin) +
         "accept: text/event-stream\r\ncache-control: no-store\r\n\r\n";
}

void PredictionGuard::Asked(std::unique_ptr<UpstreamExchange> exchange, std::string body) {
  asked_ = std::move(exchange);
  body_ = std::move(body);
}

PredictionGuard::~PredictionGuard() {
  if (id_.empty() && asked_ == nullptr) return;
  account_.worker.errands.Start(
      reactor_, std::make_unique<Cancellation>(account_, std::move(id_), std::move(asked_),
                                               std::move(body_)));
}

}  // namespace llmgw::forward

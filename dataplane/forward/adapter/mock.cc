#include "dataplane/forward/adapter/mock.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "dataplane/forward/adapter/mock_answer.h"
#include "dataplane/forward/adapter/mock_chat.h"
#include "dataplane/forward/retry_policy.h"

namespace llmgw::forward {
namespace {

using settings::MockFault;
using settings::MockMode;
using Extent = MockAnswer::Extent;

// What an error event of the mock amounts to.
constexpr size_t kStatusOfError = 500;
constexpr std::string_view kGarbage = "<html>502 %$# not what was asked for\n\n";

enum class Operation : uint8_t { kNone, kChat, kModels };

Operation OperationOf(const ForwardRequest& request) {
  const std::string_view path = PathBelowVersion(request);
  const std::string_view method = request.exchange.head().method;
  if (path == "/chat/completions" && method == "POST") return Operation::kChat;
  if (path == "/models" && (method == "GET" || method == "HEAD")) return Operation::kModels;
  return Operation::kNone;
}

// Nothing when the client is still there and the gateway runs on.
std::optional<AttemptEnd> Ended(net::Wake wake) {
  if (wake == net::Wake::kPeerGone) return AttemptEnd::kClientGone;
  if (wake == net::Wake::kCancelled) return AttemptEnd::kCancelled;
  return std::nullopt;
}

MockFault DrawFault(const AnswerJob& job) {
  const settings::MockSettings& mock = job.upstream.mock;
  if (mock.fault == MockFault::kNone || mock.fault_percent >= 100) return mock.fault;
  return job.worker.Random() % 100 < mock.fault_percent ? mock.fault : MockFault::kNone;
}

net::Task<AttemptEnd> AnswerError(const AnswerJob& job, int status, std::chrono::seconds retry) {
  if (retry.count() > 0) job.retry_after = retry;
  job.record.first_byte = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - job.started);
  if (GivesUp(job, status)) {
    job.record.status = status;
    job.record.error = "status " + std::to_string(status);
    co_return AttemptEnd::kRefused;
  }
  MockAnswer answer(job);
  if (retry.count() > 0)
    AppendHeader(answer.headers(), "retry-after", std::to_string(retry.count()));
  co_return co_await answer.Plain(status, MockError(status), Extent::kWhole);
}

// When a request is over that gets no answer.
net::LoopTime FirstByteDeadline(const AnswerJob& job) {
  const settings::Timeouts& timeouts = job.upstream.timeouts;
  return job.request.exchange.reactor().After(job.request.facts.stream ? timeouts.first_byte_stream
                                                                       : timeouts.first_byte);
}

net::Task<AttemptEnd> Hang(const AnswerJob& job, net::LoopTime first_byte) {
  net::http1::ServerExchange& exchange = job.request.exchange;
  const net::Wake wake =
      co_await net::Sleep(exchange.waiter(), std::min(first_byte, job.total_deadline));
  if (const auto ended = Ended(wake)) co_return *ended;
  job.record.error = "no response head in time";
  co_return first_byte <= job.total_deadline ? AttemptEnd::kFirstByteTimeout
                                             : AttemptEnd::kTotalTimeout;
}

// Whether an error behind a good status is given up for the next candidate, as a real one would be.
bool GivesUpError(const AnswerJob& job) {
  const settings::RouteSettings& route = job.request.route.settings();
  if (!job.may_go_on || route.commit != settings::CommitPoint::kFirstContent ||
      !route.retry_on.status.test(kStatusOfError) ||
      !TakeRetry(job.request, job.record, std::chrono::steady_clock::now()))
    return false;
  job.record.status = 200;
  job.record.error = "counts as status " + std::to_string(kStatusOfError);
  return true;
}

// A good status, and no answer behind it.
net::Task<AttemptEnd> AnswerWrong(const AnswerJob& job, MockFault fault) {
  const bool stream = job.request.facts.stream;
  if (fault == MockFault::kErrorEvent && GivesUpError(job))
    co_return stream ? AttemptEnd::kErrorEvent : AttemptEnd::kErrorBody;
  std::string body(kGarbage);
  if (fault == MockFault::kErrorEvent) {
    body = MockError(static_cast<int>(kStatusOfError));
    if (stream) body = "data: " + body + "\n\n";
  }
  MockAnswer answer(job);
  if (!stream) co_return co_await answer.Plain(200, std::move(body), Extent::kWhole);
  std::vector<std::string> events;
  events.push_back(std::move(body));
  co_return co_await answer.Stream(std::move(events), Extent::kWhole);
}

net::Task<AttemptEnd> AnswerChat(const AnswerJob& job, Extent extent) {
  const settings::MockSettings& mock = job.upstream.mock;
  const MockAsked asked = ReadMockRequest(job.request);
  const bool echo = mock.mode == MockMode::kEcho && !asked.last_user_message.empty();
  const std::string& text = echo ? asked.last_user_message : mock.reply;
  MockAnswer answer(job);
  AppendUnsupported(answer.headers(), asked.unsupported);
  if (job.request.facts.stream) {
    const AttemptEnd end =
        co_await answer.Stream(MockChatEvents(job.request, text, asked.include_usage), extent);
    if (end == AttemptEnd::kRelayed) job.request.observer.OnUsage(MockUsage(job.request, text));
    co_return end;
  }
  co_return co_await answer.Plain(200, MockChat(job.request, text), extent);
}

// `first_byte`: see FirstByteDeadline().
net::Task<AttemptEnd> AnswerAs(const AnswerJob& job, MockFault fault, net::LoopTime first_byte) {
  const settings::MockSettings& mock = job.upstream.mock;
  switch (fault) {
    case MockFault::kStatus:
      co_return co_await AnswerError(job, mock.fault_status, mock.fault_retry_after);
    case MockFault::kHang:
      co_return co_await Hang(job, first_byte);
    case MockFault::kGarbage:
    case MockFault::kErrorEvent:
      co_return co_await AnswerWrong(job, fault);
    case MockFault::kNone:
    case MockFault::kCut:
      break;
  }
  const Extent extent = fault == MockFault::kCut ? Extent::kHalf : Extent::kWhole;
  if (OperationOf(job.request) == Operation::kChat) co_return co_await AnswerChat(job, extent);
  MockAnswer answer(job);
  co_return co_await answer.Plain(200, MockModels(), extent);
}

class Mock final : public Adapter {
 public:
  bool answers() const override { return true; }

  std::optional<AttemptEnd> Refuses(const ForwardRequest& request,
                                    const settings::UpstreamSettings&) const override {
    if (OperationOf(request) == Operation::kNone) return AttemptEnd::kNoPlaceForPath;
    return std::nullopt;
  }

  void AppendTarget(std::string&, const ForwardRequest&,
                    const settings::UpstreamSettings&) const override {}
  void AppendHeaders(std::string&, const ForwardRequest&, const settings::UpstreamSettings&,
                     const SecretString*) const override {}

  net::Task<AttemptEnd> Answer(AnswerJob job) const override {
    const settings::MockSettings& mock = job.upstream.mock;
    if (mock.rate != nullptr && !mock.rate->Admit(std::chrono::steady_clock::now()))
      co_return co_await AnswerError(job, 429, std::chrono::seconds(1));
    const net::LoopTime first_byte = FirstByteDeadline(job);
    if (mock.first_byte_delay.count() > 0) {
      net::http1::ServerExchange& exchange = job.request.exchange;
      const net::LoopTime answers = exchange.reactor().After(mock.first_byte_delay);
      if (answers >= std::min(first_byte, job.total_deadline))
        co_return co_await Hang(job, first_byte);
      const net::Wake wake = co_await net::Sleep(exchange.waiter(), answers);
      if (const auto ended = Ended(wake)) co_return *ended;
    }
    co_return co_await AnswerAs(job, DrawFault(job), first_byte);
  }
};

}  // namespace

const Adapter& MockAdapter() {
  static const Mock adapter;
  return adapter;
}

}  // namespace llmgw::forward

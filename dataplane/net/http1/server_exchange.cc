#include "dataplane/net/http1/server_exchange.h"

namespace llmgw::net::http1 {
namespace {

// A body up to this size is read and dropped rather than the connection given up for it.
constexpr uint64_t kShortBody = 64 << 10;

}  // namespace

ServerExchange::ServerExchange(Waiter& waiter, Stream& client, InputBuffer& input,
                               std::unique_ptr<HeadStorage> storage, const BodyLimits& limits,
                               BodyBudget& budget, Millis write_timeout)
    : waiter_(waiter),
      client_(client),
      input_(input),
      storage_(std::move(storage)),
      source_(client, input, storage_->head, waiter.reactor().read_buffer()),
      body_(limits, budget),
      pace_(limits.pace),
      max_body_bytes_(limits.max_bytes),
      write_timeout_(write_timeout),
      http10_(storage_->head.minor_version == 0),
      head_request_(storage_->head.method == "HEAD"),
      expect_continue_(storage_->head.expect_continue),
      keep_alive_(storage_->head.keep_alive) {}

Task<BodyOutcome> ServerExchange::AwaitBody() {
  // A hang-up while the body is awaited is seen by the read; the guard would only hide bytes that
  // are already there.
  waiter_.Guard(nullptr);
  if (expect_continue_ && source_.received() == 0 && !http10_) {
    // RFC 9110 10.1.1: the client waits for this before it sends its content.
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const iovec part = Part(kContinue);
    KeepInput();
    const IoResult sent = co_await Send({&part, 1});
    if (!sent.ok()) co_return BodyOutcome::kGone;
  }
  const BodyOutcome outcome = co_await body_.Fill(waiter_, source_, pace_);
  waiter_.Guard(&client_.descriptor());
  co_return outcome;
}

void ServerExchange::DropBody() {
  RequestBody::Status status = RequestBody::Status::kPayload;
  while (status == RequestBody::Status::kPayload && source_.received() <= kShortBody)
    status = source_.TryNext().status;
  // A client that waits for 100 (Continue) may now send the body or not: nobody could tell.
  drops_rest_ = status == RequestBody::Status::kAgain && !expect_continue_ && !source_.chunked() &&
                source_.announced() <= kShortBody;
}

Task<bool> ServerExchange::DropRest() {
  if (!drops_rest_) co_return source_.finished();
  while (!source_.finished()) {
    const RequestBody::Chunk chunk = source_.TryNext();
    if (chunk.status == RequestBody::Status::kPayload) continue;
    if (chunk.status != RequestBody::Status::kAgain) break;
    const LoopTime deadline = pace_.BeginWait(reactor().now(), source_.received());
    const Wake wake = co_await WaitAny(waiter_, &client_.descriptor(), client_.read_interest(),
                                       nullptr, 0, deadline);
    pace_.EndWait(reactor().now());
    if (wake != Wake::kReady) break;
  }
  co_return source_.finished();
}

std::unique_ptr<HeadStorage> ServerExchange::ReleaseRequest() {
  body_.Release();
  input_.Own();
  return std::move(storage_);
}

}  // namespace llmgw::net::http1

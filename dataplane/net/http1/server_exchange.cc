#include "dataplane/net/http1/server_exchange.h"

namespace llmgw::net::http1 {

ServerExchange::ServerExchange(Waiter& waiter, Stream& client, InputBuffer& input,
                               std::unique_ptr<HeadStorage> storage, const BodyLimits& limits,
                               BodyBudget& budget, Millis write_timeout)
    : waiter_(waiter),
      client_(client),
      input_(input),
      storage_(std::move(storage)),
      source_(client, input, storage_->head, waiter.reactor().read_buffer()),
      body_(limits, budget),
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
  const BodyOutcome outcome = co_await body_.Fill(waiter_, source_);
  waiter_.Guard(&client_.descriptor());
  co_return outcome;
}

std::unique_ptr<HeadStorage> ServerExchange::ReleaseRequest() {
  body_.Release();
  input_.Own();
  return std::move(storage_);
}

}  // namespace llmgw::net::http1

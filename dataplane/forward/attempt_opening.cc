// Until an answer is committed: whether it is one.
#include "dataplane/forward/attempt.h"

namespace llmgw::forward {

using net::IoStatus;
using net::http1::ResponseHead;

// What has come of an answer with a good status may show that it is none. kRelayed: commit it.
// `held` is set where it does not show yet.
AttemptEnd Attempt::LookInside(const ResponseHead& head, std::string_view rest,
                               std::unique_ptr<HeldAnswer>& held) {
  const bool good =
      head.status >= 200 && head.status < 300 && head.framing != net::http1::BodyFraming::kNone;
  if (!good || request_.route.settings().commit != settings::CommitPoint::kFirstContent)
    return AttemptEnd::kRelayed;
  const AnswerKind kind = KindOf(head);
  if (kind == AnswerKind::kOther) return AttemptEnd::kRelayed;
  StreamOpening opening(kind, head.framing, head.content_length);
  const StreamOpening::Verdict verdict = opening.Look(rest);
  if (verdict != StreamOpening::Verdict::kUndecided) return Act(kind, verdict, opening.status());
  held = std::make_unique<HeldAnswer>(request_.exchange.reactor(), head, rest, std::move(opening));
  return AttemptEnd::kRelayed;
}

// Until the held answer shows what it is.
net::Task<AttemptEnd> Attempt::Hold(net::Stream& upstream, HeldAnswer& held) {
  const HoldOutcome outcome =
      co_await AwaitContent(request_.exchange.waiter(), upstream, held, first_byte_deadline_);
  if (outcome.status == IoStatus::kOk)
    co_return Act(held.opening().kind(), outcome.verdict, held.opening().status());
  record_.error = outcome.status == IoStatus::kTimeout
                      ? "nothing came behind the response head in time"
                      : "the connection was closed before the answer had any content";
  co_return FromIo(outcome.status, AttemptEnd::kFirstByteTimeout, AttemptEnd::kReset);
}

// Whether such an answer goes on to the next candidate is for the route's retry_on to say, by the
// status that it amounts to. kRelayed: it is the client's.
AttemptEnd Attempt::Act(AnswerKind kind, StreamOpening::Verdict verdict, int status) {
  AttemptEnd end = AttemptEnd::kRelayed;
  switch (verdict) {
    case StreamOpening::Verdict::kUndecided:
    case StreamOpening::Verdict::kContent:
      return end;
    case StreamOpening::Verdict::kMalformed:
      record_.error = "bad chunk framing";
      return AttemptEnd::kBadResponse;
    case StreamOpening::Verdict::kError:
      end = kind == AnswerKind::kEvents ? AttemptEnd::kErrorEvent : AttemptEnd::kErrorBody;
      break;
    case StreamOpening::Verdict::kEmpty:
      end = AttemptEnd::kEmptyStream;
      status = kUnknownFailure;
      break;
  }
  if (!request_.route.settings().retry_on.status.test(static_cast<size_t>(status)) ||
      !TakeRetry(request_, record_, std::chrono::steady_clock::now()))
    return AttemptEnd::kRelayed;
  record_.error = "counts as status " + std::to_string(status);
  amounts_to_ = status;
  return end;
}

}  // namespace llmgw::forward

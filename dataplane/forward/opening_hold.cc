#include "dataplane/forward/opening_hold.h"

#include <span>
#include <utility>

namespace llmgw::forward {

using Verdict = StreamOpening::Verdict;

HeldAnswer::HeldAnswer(net::Reactor& reactor, const net::http1::ResponseHead& head,
                       std::string_view rest, StreamOpening opening)
    : reactor_(reactor),
      head_bytes_(rest.data() - head.head_bytes, head.head_bytes),
      head_(head),
      body_(rest),
      opening_(std::move(opening)) {
  head_.Rebase(rest.data() - head.head_bytes, head_bytes_.data());
  reactor_.HoldMemory(body_.size());
}

HeldAnswer::~HeldAnswer() { reactor_.FreeMemory(body_.size()); }

Verdict HeldAnswer::Add(std::string_view raw) {
  body_ += raw;
  reactor_.HoldMemory(raw.size());
  return opening_.Look(raw);
}

net::Task<HoldOutcome> AwaitContent(net::Waiter& waiter, net::Stream& upstream, HeldAnswer& answer,
                                    net::LoopTime deadline) {
  while (!answer.full()) {
    const std::span<char> buffer = waiter.reactor().relay_buffer();
    const net::IoResult read = co_await net::Read(waiter, upstream, buffer, deadline);
    if (read.status == net::IoStatus::kTimeout) {
      // Slow, but alive: what it has sent so far is the client's. A head alone is no sign of life.
      if (!answer.body().empty()) break;
      co_return HoldOutcome{Verdict::kUndecided, read.status};
    }
    Verdict verdict = Verdict::kUndecided;
    if (read.ok()) {
      verdict = answer.Add({buffer.data(), read.bytes});
    } else {
      if (read.status == net::IoStatus::kEof) verdict = answer.AtClose();
      if (verdict == Verdict::kUndecided) co_return HoldOutcome{verdict, read.status};
    }
    if (verdict != Verdict::kUndecided) co_return HoldOutcome{verdict, net::IoStatus::kOk};
  }
  co_return HoldOutcome{answer.WithoutMore(), net::IoStatus::kOk};
}

}  // namespace llmgw::forward

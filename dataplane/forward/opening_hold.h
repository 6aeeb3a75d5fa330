#pragma once

#include <string>
#include <string_view>

#include "dataplane/forward/stream_opening.h"
#include "dataplane/net/http1/head.h"
#include "dataplane/net/http1/server_exchange.h"
#include "dataplane/net/task.h"

namespace llmgw::forward {

// An answer that did not show with its first bytes whether it is one: what has come of it is put
// aside, to be forwarded byte for byte or to be dropped. What it holds counts as memory. One
// thread.
class HeldAnswer {
 public:
  // As much is put aside, not more: then it is forwarded. An opening is a few hundred bytes.
  static constexpr size_t kMostBytes = 64 * 1024;

  // `head` was parsed from the bytes before `rest`, which `opening` has been shown.
  HeldAnswer(net::Reactor& reactor, const net::http1::ResponseHead& head, std::string_view rest,
             StreamOpening opening);
  ~HeldAnswer();
  HeldAnswer(const HeldAnswer&) = delete;
  HeldAnswer& operator=(const HeldAnswer&) = delete;

  net::http1::ResponseHead& head() { return head_; }
  // The body so far, with its framing.
  std::string_view body() const { return body_; }
  const StreamOpening& opening() const { return opening_; }

  StreamOpening::Verdict Add(std::string_view raw);
  StreamOpening::Verdict AtClose() { return opening_.AtClose(); }
  StreamOpening::Verdict WithoutMore() { return opening_.WithoutMore(); }
  bool full() const { return body_.size() >= kMostBytes || reactor_.memory_tight(); }

 private:
  net::Reactor& reactor_;
  std::string head_bytes_;
  net::http1::ResponseHead head_;  // views into head_bytes_
  std::string body_;
  StreamOpening opening_;
};

// Reads on until the answer shows what it is, or for as long as it may be held: at `deadline`, or
// when it is full, it counts as content, unless nothing of its body has come. The status is kOk
// with a verdict, else why there is none.
struct HoldOutcome {
  StreamOpening::Verdict verdict = StreamOpening::Verdict::kUndecided;
  net::IoStatus status = net::IoStatus::kOk;
};
net::Task<HoldOutcome> AwaitContent(net::Waiter& waiter, net::Stream& upstream, HeldAnswer& answer,
                                    net::LoopTime deadline);

}  // namespace llmgw::forward

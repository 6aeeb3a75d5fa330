#include "dataplane/net/http1/proxy_hops.h"

#include <openssl/crypto.h>

#include "dataplane/net/http1/connect_answer.h"

namespace llmgw::net::http1 {

Task<IoStatus> ConnectHop::Pass(Waiter& waiter, Stream& stream, LoopTime deadline) {
  why_.clear();
  std::string request = "CONNECT " + authority_ + " HTTP/1.1\r\nhost: " + authority_ + "\r\n";
  if (!credentials_.empty()) {
    request += "proxy-authorization: ";
    request += credentials_.Reveal();
    request += "\r\n";
  }
  request += "\r\n";
  const IoResult sent = co_await WriteHeld(waiter, stream, request, deadline);
  OPENSSL_cleanse(request.data(), request.size());
  // A proxy may refuse and close before it has read everything: its answer says more.
  if (!sent.ok() && sent.status != IoStatus::kError) co_return sent.status;
  std::string answer;
  while (true) {
    const std::span<char> buffer = waiter.reactor().read_buffer();
    const IoResult read = co_await Read(waiter, stream, buffer, deadline);
    if (!read.ok()) co_return read.status == IoStatus::kError ? IoStatus::kEof : read.status;
    answer.append(buffer.data(), read.bytes);
    ConnectAnswer verdict = JudgeConnectAnswer(answer);
    switch (verdict.state) {
      case ConnectAnswer::State::kNeedMore:
        break;
      case ConnectAnswer::State::kOpen:
        co_return IoStatus::kOk;
      case ConnectAnswer::State::kRefused:
        why_ = std::move(verdict.why);
        co_return IoStatus::kError;
    }
  }
}

Task<IoStatus> ForwardingHop::Pass(Waiter&, Stream&, LoopTime) { co_return IoStatus::kOk; }

}  // namespace llmgw::net::http1

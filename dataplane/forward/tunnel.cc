#include "dataplane/forward/tunnel.h"

#include <algorithm>
#include <utility>

#include "dataplane/forward/forward_request.h"

namespace llmgw::forward {
namespace {

using net::IoResult;
using net::IoStatus;

// A direction keeps at most one read's worth.
constexpr size_t kMostReadBytes = 64 * 1024;

// Once one side has ended, or both have said so, the other may be silent for no longer.
constexpr net::Millis kClosingTime{10'000};

}  // namespace

Tunnel::Tunnel(net::Waiter& waiter, net::Stream& client, net::Stream& upstream,
               TunnelProtocol protocol, const TunnelLimits& limits, ResponseObserver& observer)
    : waiter_(waiter),
      protocol_(protocol),
      limits_(limits),
      observer_(observer),
      up_{Side::kClient, client, upstream},
      down_{Side::kUpstream, upstream, client} {}

void Tunnel::Begin(std::string head, std::string_view from_upstream, std::string from_client) {
  Note(down_, from_upstream);
  down_.kept = std::move(head);
  down_.kept += from_upstream;
  Note(up_, from_client);
  up_.kept = std::move(from_client);
}

net::Task<TunnelEnd> Tunnel::Run() {
  // From here on the client's hang-up is the end of a direction, seen where it is read, behind the
  // bytes that came before it.
  waiter_.Guard(nullptr);
  net::Reactor& reactor = waiter_.reactor();
  moved_at_ = client_took_at_ = reactor.now();
  uint64_t unyielded = 0;
  while (true) {
    const uint64_t moved = Pump(up_) + Pump(down_);
    if ((up_.over && down_.over) || said_all()) co_return Ended();
    net::Wake wake = net::Wake::kReady;
    if (moved > 0) {
      moved_at_ = reactor.now();
      unyielded += moved;
      if (unyielded < net::kYieldBytes) continue;
      unyielded = 0;
      wake = co_await net::Yield(waiter_);
    } else {
      unyielded = 0;
      wake = co_await Wait();
    }
    if (wake == net::Wake::kReady) continue;
    if (wake == net::Wake::kTimeout) co_return TimedOut();
    SayGoodbye(kGoingAway, "shutting_down");
    co_return TunnelEnd::kCancelled;
  }
}

// What can be done for one direction without waiting, one read's worth at most; how many bytes
// moved.
uint64_t Tunnel::Pump(Way& way) {
  if (way.over) return 0;
  uint64_t moved = Flush(way);
  if (!way.over && way.kept.empty() && !way.source_ended) moved += ReadOnce(way);
  if (!way.over && way.kept.empty() && way.source_ended) PassEnd(way);
  return moved;
}

uint64_t Tunnel::Flush(Way& way) {
  if (way.kept.empty()) return 0;
  if (way.write_wait != 0 && !way.to.descriptor().ready(way.write_wait)) return 0;
  const std::string kept = std::exchange(way.kept, {});
  Send(way, kept);
  return kept.size() - way.kept.size();
}

uint64_t Tunnel::ReadOnce(Way& way) {
  const std::span<char> room = waiter_.reactor().read_buffer().first(kMostReadBytes);
  const IoResult read = way.from.TryRead(room);
  if (read.status == IoStatus::kAgain) {
    // Under TLS a read may have to write first; the descriptor then still has something to read.
    way.read_wait = way.from.descriptor().ready(net::kReadable) ? net::kWritable : net::kReadable;
    return 0;
  }
  if (!read.ok()) {
    EndOf(way, read.status);
    return 0;
  }
  const std::string_view bytes(room.data(), read.bytes);
  // It is read only when everything before it was taken.
  if (way.source == Side::kUpstream) client_took_at_ = waiter_.reactor().now();
  Note(way, bytes);
  Send(way, bytes);
  return bytes.size();
}

// Counts what was read.
void Tunnel::Note(Way& way, std::string_view bytes) {
  if (bytes.empty()) return;
  last_spoke_ = way.source;
  if (protocol_ == TunnelProtocol::kWebsocket) way.frames.Feed(bytes);
  const bool from_client = way.source == Side::kClient;
  observer_.OnTunnelBytes(from_client ? bytes.size() : 0, from_client ? 0 : bytes.size());
}

// REQUIRES: nothing is kept. Sends what the socket takes and keeps the rest.
void Tunnel::Send(Way& way, std::string_view bytes) {
  const size_t all = bytes.size();
  IoStatus status = IoStatus::kOk;
  while (!bytes.empty()) {
    const iovec part = net::Part(bytes);
    const IoResult sent = way.to.TryWrite({&part, 1});
    status = sent.status;
    if (!sent.ok()) break;
    bytes.remove_prefix(sent.bytes);
    // A short write: nothing more is taken now. (Under TLS it is only the end of a record.)
    if (!bytes.empty() && !way.to.descriptor().ready(net::kWritable)) {
      status = IoStatus::kAgain;
      break;
    }
  }
  if (status != IoStatus::kOk && status != IoStatus::kAgain) {
    // Nobody will take this direction's bytes. How that side ended shows where it is read.
    way.over = true;
    return;
  }
  if (way.source == Side::kUpstream && bytes.size() < all)
    client_took_at_ = waiter_.reactor().now();
  if (bytes.empty()) return;
  way.kept = bytes;
  // Under TLS a write may have to read first.
  way.write_wait = way.to.descriptor().ready(net::kWritable) ? net::kReadable : net::kWritable;
}

void Tunnel::EndOf(Way& way, IoStatus how) {
  way.source_ended = true;
  const bool orderly = how == IoStatus::kEof;
  if (first_ended_ == Side::kNone) {
    first_ended_ = way.source;
    ended_in_order_ = protocol_ == TunnelProtocol::kWebsocket ? saw_close() : orderly;
    if (!orderly && protocol_ == TunnelProtocol::kOpaque) way.to.ResetOnClose();
  }
  if (orderly) return;
  Way& back = &way == &up_ ? down_ : up_;
  back.over = true;
  back.kept = {};
}

void Tunnel::PassEnd(Way& way) {
  if (protocol_ == TunnelProtocol::kWebsocket && way.source == Side::kUpstream &&
      first_ended_ == Side::kUpstream && !ended_in_order_) {
    // It is not there any more: WebSockets know no half-close.
    up_.over = true;
    up_.kept = {};
    if (SayGoodbye(kBadGateway, "upstream_closed") && !way.kept.empty()) return;
  }
  way.over = true;
  if (!way.to.resets_on_close()) way.to.ShutdownWrite();
}

// Adds a Close frame to what goes to the client, where there can be one. False: there can't.
bool Tunnel::SayGoodbye(uint16_t code, std::string_view reason) {
  if (protocol_ != TunnelProtocol::kWebsocket || said_goodbye_ || saw_close() || down_.over ||
      !down_.frames.at_boundary())
    return false;
  said_goodbye_ = true;
  std::string bytes = std::exchange(down_.kept, {});
  bytes += CloseFrame(code, reason);
  Send(down_, bytes);
  return true;
}

bool Tunnel::closing() const {
  return up_.source_ended || down_.source_ended || up_.over || down_.over ||
         (up_.frames.saw_close() && down_.frames.saw_close());
}

// Both sides have sent, and were sent, a Close frame, and one has closed: the other need not.
bool Tunnel::said_all() const {
  return up_.frames.saw_close() && down_.frames.saw_close() && up_.kept.empty() &&
         down_.kept.empty() && (up_.source_ended || down_.source_ended);
}

net::LoopTime Tunnel::Deadline() const {
  const bool nothing_left = up_.kept.empty() && down_.kept.empty();
  const net::Millis idle =
      closing() && nothing_left ? std::min(limits_.idle, kClosingTime) : limits_.idle;
  const net::LoopTime silent = moved_at_ + idle.count();
  if (down_.kept.empty()) return silent;
  return std::min(silent, client_took_at_ + limits_.client_write.count());
}

net::WaitAny Tunnel::Wait() {
  uint8_t of_client = 0;
  uint8_t of_upstream = 0;
  const auto add = [](const Way& way, uint8_t& of_source, uint8_t& of_sink) {
    if (way.over) return;
    if (!way.kept.empty()) {
      of_sink |= way.write_wait;
    } else if (!way.source_ended) {
      of_source |= way.read_wait;
    }
  };
  add(up_, of_client, of_upstream);
  add(down_, of_upstream, of_client);
  return net::WaitAny(waiter_, &up_.from.descriptor(), of_client, &up_.to.descriptor(), of_upstream,
                      Deadline());
}

TunnelEnd Tunnel::TimedOut() {
  const net::LoopTime now = waiter_.reactor().now();
  if (!down_.kept.empty() && now >= client_took_at_ + limits_.client_write.count())
    return TunnelEnd::kClientStalled;
  if (closing()) return Ended();
  SayGoodbye(kGoingAway, "idle_timeout");
  const bool waits_for_upstream = !up_.kept.empty() || last_spoke_ == Side::kClient;
  return waits_for_upstream ? TunnelEnd::kUpstreamSilent : TunnelEnd::kClientSilent;
}

TunnelEnd Tunnel::Ended() const {
  const bool in_order = first_ended_ == Side::kNone ? saw_close() : ended_in_order_;
  if (in_order) return TunnelEnd::kClosed;
  return first_ended_ == Side::kUpstream ? TunnelEnd::kUpstreamBroke : TunnelEnd::kClientGone;
}

}  // namespace llmgw::forward

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "common/base/clock.h"
#include "dataplane/model/caller.h"

namespace llmgw::settings {
struct RouteSettings;
struct UpstreamSettings;
}  // namespace llmgw::settings

namespace llmgw::model {

// What an attempt showed of its upstream.
enum class UpstreamOutcome : uint8_t {
  kAnswered,     // a response head came; its status says more
  kUnreachable,  // no connection, or none in time: name, network or TLS
  kTimeout,      // no answer in time
  kBroke,        // closed or broken before its answer was whole, or no HTTP
  kNothing,      // it ended for another reason: the client left, the gateway stops, ...
};

// How one attempt ended.
struct UpstreamAnswer {
  UpstreamOutcome outcome = UpstreamOutcome::kNothing;
  int status = 0;  // with kAnswered
  // The same for people: the outcome of the attempt's record. Static.
  const char* slug = "";
  // The answer has begun to be relayed; how it ends is told in another report, which is `late`.
  bool open = false;
  bool late = false;
  std::string_view model{};  // as the client named it
  size_t credential = 0;     // index into UpstreamSettings::credentials, if it has any
  // How long the upstream asks to be left alone; unset: it did not say.
  std::optional<std::chrono::milliseconds> retry_after{};
  std::chrono::microseconds first_byte{0};  // from the attempt's start to the head; 0: none came
  MonotonicTime began{};                    // the attempt
  MonotonicTime now{};
};

// What forwarding tells of the upstreams, and asks before an attempt. Routing implements it and
// chooses by what it hears. One per worker and settings, worker thread only; nothing here waits.
// `upstream` and `route` are of the settings that the watch was made for.
class UpstreamWatch {
 public:
  virtual ~UpstreamWatch() = default;

  // Which of the upstream's credentials is next: an index, round-robin among those that the caller
  // may use and that do not rest. When all rest, the one that rests the shortest. 0 when the
  // upstream has none. (The router leaves out upstreams of which the caller may use none.)
  virtual size_t PickCredential(const settings::UpstreamSettings& upstream, const Caller& caller,
                                MonotonicTime now) = 0;
  // Whether another one than `credential` is there for the caller that does not rest.
  virtual bool HasOtherCredential(const settings::UpstreamSettings& upstream, const Caller& caller,
                                  size_t credential, MonotonicTime now) = 0;

  // Once for each attempt, when it is clear how it ended: for an answer that is relayed, when its
  // beginning has been (`open`). Then once more (`late`): kAnswered when the rest came too, kBroke
  // when it did not. True: its credential begins to rest.
  virtual bool Answered(const settings::UpstreamSettings& upstream,
                        const UpstreamAnswer& answer) = 0;

  // A request of the route is about to be tried for the first time.
  virtual void CountRequest(const settings::RouteSettings& route, MonotonicTime now) = 0;
  // Whether one more attempt, beyond the first of a request, is within the route's budget; then it
  // is counted.
  virtual bool TakeRetry(const settings::RouteSettings& route, MonotonicTime now) = 0;

 private:
  friend class UpstreamPermit;
  // A request is under way to the upstream, until nothing of it or of its answer passes any more.
  virtual void Began(const settings::UpstreamSettings& upstream, std::string_view model,
                     MonotonicTime now) = 0;
  virtual void Ended(const settings::UpstreamSettings& upstream) = 0;
};

// Held from the beginning of an attempt to the last byte of what it answers: while it is there, the
// request counts as pending. The watch outlives it.
class UpstreamPermit {
 public:
  UpstreamPermit() = default;
  // `model` as the client named it.
  UpstreamPermit(UpstreamWatch& watch, const settings::UpstreamSettings& upstream,
                 std::string_view model, MonotonicTime now)
      : watch_(&watch), upstream_(&upstream) {
    watch.Began(upstream, model, now);
  }
  UpstreamPermit(UpstreamPermit&& other) noexcept
      : watch_(std::exchange(other.watch_, nullptr)), upstream_(other.upstream_) {}
  UpstreamPermit& operator=(UpstreamPermit&& other) noexcept {
    if (this == &other) return *this;
    End();
    watch_ = std::exchange(other.watch_, nullptr);
    upstream_ = other.upstream_;
    return *this;
  }
  UpstreamPermit(const UpstreamPermit&) = delete;
  UpstreamPermit& operator=(const UpstreamPermit&) = delete;
  ~UpstreamPermit() { End(); }

  // How a relayed answer ended. REQUIRES: not ended.
  void Finished(const UpstreamAnswer& answer) { watch_->Answered(*upstream_, answer); }
  // Idempotent.
  void End() {
    if (watch_ != nullptr) std::exchange(watch_, nullptr)->Ended(*upstream_);
  }

 private:
  UpstreamWatch* watch_ = nullptr;
  const settings::UpstreamSettings* upstream_ = nullptr;
};

}  // namespace llmgw::model

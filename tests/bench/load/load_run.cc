#include "tests/bench/load/load_run.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "tests/bench/wire/clock.h"

namespace llmgw::bench {
namespace {

constexpr uint64_t kStandardInputTag = 1;
constexpr uint64_t kFirstConnectionTag = 2;
constexpr size_t kBufferBytes = 256 << 10;
constexpr uint64_t kMostFaults = 1000;  // then nothing more is to be learned
constexpr unsigned kMostUnheld = 64;    // connections being opened at a time when holding
constexpr int64_t kRetryAfter = 20 * kMillisecond;
constexpr int64_t kDrainTime = 5 * kSecond;
constexpr int64_t kMostCounting = 120 * kSecond;
constexpr int64_t kMostHolding = 600 * kSecond;

int64_t FromSeconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

}  // namespace

LoadRun::LoadRun(const LoadOptions& options)
    : options_(options),
      source_(options_),
      tls_(options_.tls ? MakeClientContext() : nullptr),
      context_{options_, poller_, source_, *this, tls_.get(), std::string(kBufferBytes, '\0')} {}

ClientConnection* LoadRun::NewConnection() {
  const uint64_t tag = kFirstConnectionTag + connections_.size();
  connections_.push_back(std::make_unique<ClientConnection>(context_, tag));
  return connections_.back().get();
}

LoadResult LoadRun::Run() {
  Begin(Now());
  while (phase_ != Phase::kOver) {
    const int64_t now = Now();
    OnTime(now);
    poller_.WakeAt(NextWake());
    for (const epoll_event& event : poller_.Wait(100)) {
      const uint64_t tag = event.data.u64;
      if (tag == kStandardInputTag) {
        OnStandardInput();
      } else {
        connections_[tag - kFirstConnectionTag]->OnReady();
      }
    }
  }
  return std::move(result_);
}

void LoadRun::Begin(int64_t now) {
  began_ = now;
  window_begins_ = now + FromSeconds(options_.warmup_seconds);
  window_ends_ = window_begins_ + FromSeconds(options_.seconds);
  const int64_t stream_time =
      static_cast<int64_t>(options_.stream.chunks) * options_.stream.interval_us * 1000;
  gives_up_ = window_ends_ + stream_time + kDrainTime;
  if (options_.hold) {
    gives_up_ = now + kMostHolding;
    poller_.Add(STDIN_FILENO, EPOLLIN, kStandardInputTag);
    while (in_flight_ < std::min(kMostUnheld, options_.connections)) HoldOneMore();
    return;
  }
  if (options_.requests != 0) {
    gives_up_ = now + kMostCounting;
    BeginWindow(now);
  }
  if (open_loop()) {
    interval_ns_ = 1e9 / options_.rate;
    return;
  }
  for (unsigned i = 0; i < options_.connections; ++i) {
    ClientConnection* connection = NewConnection();
    ++in_flight_;
    ++started_;
    connection->Start(now);
  }
}

void LoadRun::OnTime(int64_t now) {
  if (!options_.hold && options_.requests == 0) {
    if (phase_ == Phase::kWarmup && now >= window_begins_) BeginWindow(now);
    if (phase_ == Phase::kMeasure && now >= window_ends_) EndWindow(now);
  }
  if (open_loop() && phase_ <= Phase::kMeasure) SendWhatIsDue(now);
  while (!waiting_.empty() && !idle_.empty()) {
    const int64_t intended = waiting_.front();
    waiting_.pop_front();
    StartRequest(intended);
  }
  if (now >= retry_at_) {
    retry_at_ = now + kRetryAfter;
    for (ClientConnection* connection : std::exchange(broken_, {})) NextOn(*connection);
  }
  // Counted requests that failed are never answered.
  const bool all_sent = open_loop() && options_.requests != 0 && due_count_ >= options_.requests;
  if (all_sent && phase_ == Phase::kMeasure && in_flight_ == 0 && waiting_.empty()) EndWindow(now);
  const bool drained = phase_ == Phase::kDrain && in_flight_ == 0 && waiting_.empty();
  if (!drained && now < gives_up_ && result_.faults < kMostFaults) return;
  if (phase_ <= Phase::kMeasure) EndWindow(now);
  if (in_flight_ + waiting_.size() != 0 && !options_.hold) {
    result_.faults += in_flight_ + waiting_.size();
    if (result_.first_fault.empty()) result_.first_fault = "requests were not answered in time";
  }
  phase_ = Phase::kOver;
}

int64_t LoadRun::NextWake() const {
  int64_t wake = gives_up_;
  if (!options_.hold && options_.requests == 0) {
    if (phase_ == Phase::kWarmup) wake = std::min(wake, window_begins_);
    if (phase_ == Phase::kMeasure) wake = std::min(wake, window_ends_);
  }
  if (open_loop() && phase_ <= Phase::kMeasure) {
    wake = std::min(wake,
                    began_ + static_cast<int64_t>(static_cast<double>(due_count_) * interval_ns_));
  }
  if (!broken_.empty()) wake = std::min(wake, retry_at_);
  return wake;
}

void LoadRun::SendWhatIsDue(int64_t now) {
  for (;;) {
    const int64_t due =
        began_ + static_cast<int64_t>(static_cast<double>(due_count_) * interval_ns_);
    if (due > now || (options_.requests != 0 && due_count_ >= options_.requests)) return;
    ++due_count_;
    StartRequest(due);
  }
}

void LoadRun::StartRequest(int64_t intended) {
  ClientConnection* connection = nullptr;
  if (!idle_.empty()) {
    connection = idle_.back();
    idle_.pop_back();
  } else if (connections_.size() < options_.connections) {
    connection = NewConnection();
  } else {
    waiting_.push_back(intended);
    return;
  }
  ++in_flight_;
  ++started_;
  connection->Start(intended);
}

// What a connection does once it is free.
void LoadRun::NextOn(ClientConnection& connection) {
  if (open_loop()) {
    if (waiting_.empty()) {
      idle_.push_back(&connection);
      return;
    }
    const int64_t intended = waiting_.front();
    waiting_.pop_front();
    ++in_flight_;
    ++started_;
    connection.Start(intended);
    return;
  }
  const bool enough = options_.requests != 0 && started_ >= options_.requests;
  if (phase_ > Phase::kMeasure || enough) return;
  ++in_flight_;
  ++started_;
  connection.Start(Now());
}

void LoadRun::HoldOneMore() {
  ClientConnection* connection = NewConnection();
  ++in_flight_;
  connection->Start(Now());
}

void LoadRun::OnHeld() {
  ++held_;
  if (connections_.size() < options_.connections) HoldOneMore();
  if (held_ != options_.connections) return;
  std::puts("held");
  std::fflush(stdout);
  BeginWindow(Now());
}

void LoadRun::OnHeldAnswer() {
  if (options_.stream.chunks == 0) {
    OnHeld();
    return;
  }
  ++result_.faults;
  result_.first_fault = "a stream ended that was to be held open; ask for more chunks";
  phase_ = Phase::kOver;
}

void LoadRun::OnStandardInput() {
  char bytes[64];
  if (read(STDIN_FILENO, bytes, sizeof(bytes)) > 0) return;
  if (phase_ <= Phase::kMeasure) EndWindow(Now());
  phase_ = Phase::kOver;
}

bool LoadRun::DueInWindow(int64_t intended) const {
  if (options_.requests != 0) return true;
  return phase_ != Phase::kWarmup && intended >= window_begins_ && intended < window_ends_;
}

void LoadRun::BeginWindow(int64_t now) {
  phase_ = Phase::kMeasure;
  window_begins_ = now;
  if (options_.hold) window_ends_ = gives_up_;
  watched_before_ = ProcessUsage::Of(options_.watched);
  own_before_ = ProcessUsage::Of({getpid()});
}

void LoadRun::EndWindow(int64_t now) {
  if (phase_ == Phase::kMeasure) {
    result_.watched = ProcessUsage::Of(options_.watched) - watched_before_;
    result_.own = ProcessUsage::Of({getpid()}) - own_before_;
    result_.seconds = static_cast<double>(now - window_begins_) / 1e9;
  }
  window_ends_ = now;
  phase_ = Phase::kDrain;
}

void LoadRun::OnChunk(ClientConnection& connection, const ChunkStamp& stamp, int64_t now) {
  if (stamp.sequence == 0) {
    if (DueInWindow(connection.intended())) {
      result_.first_chunk_ns.Add(now - connection.intended());
    }
    if (options_.hold) OnHeld();
  }
  if (phase_ != Phase::kMeasure) return;
  ++result_.chunks;
  result_.chunk_delay_ns.Add(now - stamp.sent);
}

void LoadRun::OnAnswer(ClientConnection& connection) {
  if (options_.hold) {
    OnHeldAnswer();
    return;
  }
  --in_flight_;
  if (DueInWindow(connection.intended())) {
    result_.latency_ns.Add(Now() - connection.intended());
  }
  if (phase_ == Phase::kMeasure) ++result_.answers;
  if (options_.requests != 0 && result_.answers >= options_.requests) EndWindow(Now());
  NextOn(connection);
}

void LoadRun::OnFault(ClientConnection& connection, const std::string& what) {
  --in_flight_;
  ++result_.faults;
  if (result_.first_fault.empty()) result_.first_fault = what;
  if (options_.hold) {
    phase_ = Phase::kOver;
  } else if (open_loop()) {
    idle_.push_back(&connection);
  } else {
    broken_.push_back(&connection);
  }
}

}  // namespace llmgw::bench

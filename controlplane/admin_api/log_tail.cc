#include "controlplane/admin_api/log_tail.h"

#include <algorithm>

namespace llmgw::controlplane::admin_api {
namespace {

constexpr size_t kBatch = 200;
constexpr size_t kMostTails = 64;
// Under steady traffic the store is asked at most this often.
constexpr std::chrono::milliseconds kShortestPause{200};

}  // namespace

std::shared_ptr<TailCall> TailCall::Make(Hooks hooks) {
  std::shared_ptr<TailCall> call(new TailCall(std::move(hooks)));
  call->self_ = call;
  return call;
}

TailCall::TailCall(Hooks hooks) : hooks_(std::move(hooks)), pump_([this] { return Step(); }) {}

bool TailCall::IsReady() const {
  std::lock_guard lock(mutex_);
  return !ended_ && !writing_ && queue_.empty();
}

void TailCall::Deliver(std::vector<store::LogEntry> entries) {
  {
    std::lock_guard lock(mutex_);
    for (auto& entry : entries) {
      entry.record.clear_request_body();
      entry.record.clear_response_body();
      queue_.push_back(std::move(entry.record));
    }
  }
  pump_.Kick();
}

void TailCall::End(Status outcome) {
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;
    ended_ = true;
    outcome_ = std::move(outcome);
    queue_.clear();
  }
  pump_.Kick();
}

bool TailCall::Step() {
  std::unique_lock lock(mutex_);
  if (finished_ || writing_) return false;
  if (ended_) {
    finished_ = true;
    lock.unlock();
    Finish(hooks_.finish(outcome_));
    return true;
  }
  if (queue_.empty()) return false;
  writing_ = true;
  writing_record_ = std::move(queue_.front());
  queue_.pop_front();
  lock.unlock();
  StartWrite(&writing_record_);
  return true;
}

void TailCall::OnWriteDone(bool ok) {
  auto keep = self_;
  bool drained = false;
  {
    std::lock_guard lock(mutex_);
    writing_ = false;
    ended_ = ended_ || !ok;
    drained = queue_.empty() && !ended_;
  }
  pump_.Kick();
  if (drained) hooks_.wants_more();
}

void TailCall::OnDone() {
  auto keep = std::move(self_);
  hooks_.gone(this);
}

LogTailHub::LogTailHub(store::LogStore& logs, std::chrono::milliseconds period)
    : logs_(logs), period_(period) {}

void LogTailHub::Start() {
  if (thread_.joinable()) return;
  thread_ = std::thread([this] { Run(); });
}

void LogTailHub::Stop(const Status& outcome) {
  std::vector<std::shared_ptr<Tail>> tails;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    tails = tails_;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (const auto& tail : tails) tail->call->End(outcome);
}

Status LogTailHub::Add(std::shared_ptr<TailCall> call, store::LogQuery query, size_t last) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return Fail(Unavailable("this controlplane is stopping; ask again"));
    if (tails_.size() >= kMostTails) {
      return Fail({ErrorKind::kResourceExhausted,
                   "there are " + std::to_string(kMostTails) + " tails already; end one first",
                   {}});
    }
    tails_.push_back(std::make_shared<Tail>(Tail{std::move(call), std::move(query), last, {}}));
  }
  Poke();
  return {};
}

void LogTailHub::Remove(TailCall* call) {
  std::lock_guard lock(mutex_);
  std::erase_if(tails_, [call](const auto& tail) { return tail->call.get() == call; });
}

void LogTailHub::Poke() {
  {
    std::lock_guard lock(mutex_);
    if (tails_.empty()) return;
    poked_ = true;
  }
  wake_.notify_all();
}

void LogTailHub::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    poked_ = false;
    auto tails = tails_;
    lock.unlock();
    for (const auto& tail : tails) {
      if (tail->call->IsReady()) Feed(*tail);
    }
    tails.clear();
    lock.lock();
    wake_.wait_for(lock, kShortestPause, [this] { return stopping_; });
    wake_.wait_for(lock, period_, [this] { return stopping_ || poked_; });
  }
}

Result<std::vector<store::LogEntry>> LogTailHub::Begin(Tail& tail) {
  // First the place, then the past: what arrives between the two comes with the next batch and is
  // cut from this one.
  TRY_ASSIGN(uint64_t newest, logs_.LastSequence());
  std::vector<store::LogEntry> past;
  if (tail.last > 0) {
    TRY_ASSIGN(auto page, logs_.List(tail.query, "", tail.last));
    past = std::move(page.entries);
    std::erase_if(past, [newest](const auto& entry) { return entry.sequence > newest; });
    std::reverse(past.begin(), past.end());
  }
  tail.position = newest;
  return past;
}

void LogTailHub::Feed(Tail& tail) {
  // While the store is away a tail waits for it.
  if (!tail.position) {
    if (auto past = Begin(tail)) tail.call->Deliver(std::move(*past));
    return;
  }
  auto newest = logs_.LastSequence();
  if (!newest || *newest == *tail.position) return;
  auto batch = logs_.After(tail.query, *tail.position, kBatch);
  if (!batch) return;
  // A batch that is not full has all that matched up to `newest`: what did not match is never
  // looked at again.
  bool full = batch->size() == kBatch;
  uint64_t seen = batch->empty() ? 0 : batch->back().sequence;
  tail.position = full ? seen : std::max(seen, *newest);
  tail.call->Deliver(std::move(*batch));
}

}  // namespace llmgw::controlplane::admin_api

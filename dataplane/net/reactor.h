#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "dataplane/net/budget.h"
#include "dataplane/net/fd.h"
#include "dataplane/net/timer_wheel.h"

// The event loop of one worker: edge-triggered epoll, every descriptor registered once for in, out
// and hang-up, coroutines on top.
//
// The pieces: a Descriptor knows what its socket is ready for; a WaitOp is something a coroutine
// waits to complete; a Waiter belongs to one coroutine chain (one client connection) and holds the
// one operation that it waits for, with its deadline. Everything but Reactor::Post and
// Reactor::Stop belongs to the loop's thread.
namespace llmgw::net {

class Reactor;
class Waiter;

enum Readiness : uint8_t { kReadable = 1, kWritable = 2, kHangup = 4 };

// A socket as the loop sees it. Owns the file descriptor; closing happens at destruction.
class Descriptor {
 public:
  Descriptor(Reactor& reactor, Fd fd);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int fd() const { return fd_.get(); }
  bool ready(uint8_t what) const { return (ready_ & what) != 0; }
  // A short read or write means: not ready until the next edge.
  void ClearReady(uint8_t what) { ready_ &= static_cast<uint8_t>(~what); }
  // The peer has closed its side, or the connection is broken.
  bool hung_up() const { return (ready_ & kHangup) != 0; }

 private:
  friend class Reactor;
  friend class Waiter;

  Reactor& reactor_;
  Fd fd_;
  uint8_t ready_ = 0;
  uint8_t interest_ = 0;
  Waiter* waiter_ = nullptr;
};

enum class Wake : uint8_t {
  kReady,      // the operation is complete
  kTimeout,    // its deadline passed
  kPeerGone,   // the guarded peer hung up
  kCancelled,  // the loop is stopping, or somebody called Cancel
};

// An operation that may have to wait. Lives in the frame of the coroutine that awaits it.
class WaitOp {
 public:
  WaitOp() = default;
  WaitOp(const WaitOp&) = delete;
  WaitOp& operator=(const WaitOp&) = delete;

  // Called when something it registered for is ready. True: complete, resume the coroutine.
  virtual bool TryComplete() = 0;

 protected:
  ~WaitOp() = default;
};

// What one coroutine chain waits for. At most one operation at a time.
class Waiter final : public TimerEntry {
 public:
  explicit Waiter(Reactor& reactor) : reactor_(reactor) {}
  ~Waiter() override;

  Reactor& reactor() const { return reactor_; }

  // While set, a hang-up of `descriptor` ends every wait with kPeerGone. Null: none. The descriptor
  // must outlive the guard.
  void Guard(Descriptor* descriptor);

  // Ends the current wait, or the next one, with kCancelled; every later one too.
  void Cancel();
  bool cancelled() const { return cancelled_; }

  // For WaitOps: register for `events` of up to two descriptors and suspend. False: don't suspend,
  // `wake()` says why.
  bool Arm(WaitOp& op, std::coroutine_handle<> handle, Descriptor* a, uint8_t a_events,
           Descriptor* b, uint8_t b_events, LoopTime deadline);
  Wake wake() const { return wake_; }
  // For an armed operation that waits for more descriptors than two: each of them, and each of them
  // again when the wait is over.
  void Watch(Descriptor& descriptor, uint8_t events);
  void Forget(Descriptor& descriptor);

  // For completions that do not come from a descriptor (DNS): the armed operation may be complete
  // now.
  void Poke();
  // Poke() after everything else that is ready now had its turn.
  void PokeLater();

 private:
  friend class Reactor;
  friend class Descriptor;
  void OnDeadline() override;
  void OnReady(Descriptor& descriptor);
  void Finish(Wake wake);
  void Disarm();

  Reactor& reactor_;
  WaitOp* op_ = nullptr;
  std::coroutine_handle<> handle_;
  Descriptor* watched_[2] = {nullptr, nullptr};
  Descriptor* guarded_ = nullptr;
  Wake wake_ = Wake::kReady;
  bool cancelled_ = false;
};

class Reactor {
 public:
  // Fails when the process is out of descriptors.
  static Result<std::unique_ptr<Reactor>> Make();
  ~Reactor();
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;

  // Runs until Stop(). `on_turn` is called after each batch of events.
  void Run(const std::function<void()>& on_turn);
  // Any thread.
  void Stop();
  // Any thread: runs `work` on the loop's thread, in order. For control, not for requests: it takes
  // a lock and may allocate.
  void Post(std::function<void()> work);

  // Time at the start of this turn; cheap, a few milliseconds stale at worst.
  LoopTime now() const { return now_; }
  LoopTime After(Millis delay) const { return now_ + delay.count(); }
  TimerWheel& timers() { return timers_; }

  // Several sockets had something in this turn, and not all of them have been served yet.
  bool crowded() const { return crowded_; }

  // One buffer for whoever reads now. Its content is lost at the next suspension.
  std::span<char> read_buffer() { return {read_buffer_.get(), kReadBufferBytes}; }
  static constexpr size_t kReadBufferBytes = 128 * 1024;
  // The same for what is read only to be written elsewhere: whatever the other side does not take
  // is held in memory (Write), so when that gets short only a little is read at a time.
  std::span<char> relay_buffer() {
    return {read_buffer_.get(), memory_tight() ? kTightReadBytes : kReadBufferBytes};
  }
  static constexpr size_t kTightReadBytes = 4 * 1024;

  // What is held for slow peers counts there from now on; null (as at first): nowhere. Set before
  // the first operation; `memory` outlives them all.
  void CountMemory(BudgetShare* memory) { memory_ = memory; }
  // Little of it is left.
  bool memory_tight() const { return memory_ != nullptr && memory_->tight(); }
  // It is there already, so it is counted even beyond the limit.
  void HoldMemory(size_t bytes) {
    if (memory_ != nullptr) memory_->TakeAnyway(bytes);
  }
  void FreeMemory(size_t bytes) {
    if (memory_ != nullptr) memory_->Give(bytes);
  }

 private:
  friend class Descriptor;
  friend class Waiter;
  struct Slot {
    Descriptor* descriptor = nullptr;
    uint32_t generation = 0;
  };

  Reactor(Fd epoll, Fd wakeup);
  void Register(Descriptor& descriptor);
  void Unregister(Descriptor& descriptor);
  void Dispatch(uint64_t key, uint32_t events);
  void RunPosted();
  void RunDeferred();
  void UpdateNow();

  const Fd epoll_;
  const Fd wakeup_;
  const std::unique_ptr<char[]> read_buffer_;

  // Loop thread only.
  LoopTime now_;
  TimerWheel timers_;
  std::vector<Slot>
      slots_;  // by file descriptor; the generation tells an old event from a new socket

  bool crowded_ = false;
  BudgetShare* memory_ = nullptr;
  std::vector<Waiter*> deferred_;  // to be poked next; null: gone meanwhile

  std::atomic<bool> stop_{false};
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;  // guarded by posted_mutex_
};

// co_await Sleep(waiter, when): kTimeout when the time came, or why it ended early.
class Sleep final : public WaitOp {
 public:
  Sleep(Waiter& waiter, LoopTime until) : waiter_(waiter), until_(until) {}
  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    return waiter_.Arm(*this, handle, nullptr, 0, nullptr, 0, until_);
  }
  Wake await_resume() const { return waiter_.wake(); }
  bool TryComplete() override { return false; }

 private:
  Waiter& waiter_;
  LoopTime until_;
};

// co_await Yield(waiter): lets everything else that is ready have its turn. kReady, or why to end.
// For loops that sockets may keep busy without ever waiting.
class Yield final : public WaitOp {
 public:
  explicit Yield(Waiter& waiter) : waiter_(waiter) {}
  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    if (!waiter_.Arm(*this, handle, nullptr, 0, nullptr, 0, kNever)) return false;
    waiter_.PokeLater();
    return true;
  }
  Wake await_resume() const { return waiter_.wake(); }
  bool TryComplete() override { return true; }

 private:
  Waiter& waiter_;
};
// How much such a loop may move between two yields.
inline constexpr uint64_t kYieldBytes = 1 << 20;

// co_await EndOfTurn(waiter): where several sockets had something in this turn, until all of them
// have been read. Those who await it before they write have their writes follow one another
// closely: a peer that sleeps is then woken once for many, which costs a proxy more than reading
// and writing. kReady, or why to end.
class EndOfTurn final : public WaitOp {
 public:
  explicit EndOfTurn(Waiter& waiter) : waiter_(waiter) {}
  bool await_ready() const { return !waiter_.reactor().crowded(); }
  bool await_suspend(std::coroutine_handle<> handle) {
    suspended_ = true;
    if (!waiter_.Arm(*this, handle, nullptr, 0, nullptr, 0, kNever)) return false;
    waiter_.PokeLater();
    return true;
  }
  Wake await_resume() const { return suspended_ ? waiter_.wake() : Wake::kReady; }
  bool TryComplete() override { return true; }

 private:
  Waiter& waiter_;
  bool suspended_ = false;
};
// What is copied so that it can be written at the end of the turn. More than that is worth a
// wake-up of its own.
inline constexpr size_t kMostParkedBytes = 4096;

// co_await WaitAny(...): until one of two descriptors is ready for something asked for.
class WaitAny final : public WaitOp {
 public:
  WaitAny(Waiter& waiter, Descriptor* a, uint8_t a_events, Descriptor* b, uint8_t b_events,
          LoopTime deadline)
      : waiter_(waiter),
        a_(a),
        a_events_(a_events),
        b_(b),
        b_events_(b_events),
        deadline_(deadline) {}
  bool await_ready() { return TryComplete(); }
  bool await_suspend(std::coroutine_handle<> handle) {
    suspended_ = true;
    return waiter_.Arm(*this, handle, a_, a_events_, b_, b_events_, deadline_);
  }
  Wake await_resume() const { return suspended_ ? waiter_.wake() : Wake::kReady; }
  bool TryComplete() override {
    return (a_ != nullptr && a_->ready(a_events_)) || (b_ != nullptr && b_->ready(b_events_));
  }

 private:
  Waiter& waiter_;
  Descriptor* a_;
  uint8_t a_events_;
  Descriptor* b_;
  uint8_t b_events_;
  LoopTime deadline_;
  bool suspended_ = false;
};

}  // namespace llmgw::net

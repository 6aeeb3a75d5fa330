#include "dataplane/net/reactor.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace llmgw::net {
namespace {

constexpr uint64_t kWakeupKey = ~0ULL;
// Also bounds how long a write waits for the end of its turn (EndOfTurn): more would make bursts of
// stream events late.
constexpr int kEventsPerTurn = 32;

LoopTime MonotonicMillis() {
  timespec ts{};
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return static_cast<LoopTime>(ts.tv_sec) * 1000 + ts.tv_nsec / 1'000'000;
}

}  // namespace

Descriptor::Descriptor(Reactor& reactor, Fd fd) : reactor_(reactor), fd_(std::move(fd)) {
  reactor_.Register(*this);
}

Descriptor::~Descriptor() {
  if (waiter_ != nullptr && waiter_->guarded_ == this) waiter_->guarded_ = nullptr;
  reactor_.Unregister(*this);
}

Waiter::~Waiter() {
  for (Waiter*& deferred : reactor_.deferred_) {
    if (deferred == this) deferred = nullptr;
  }
  Disarm();
  Guard(nullptr);
}

void Waiter::Guard(Descriptor* descriptor) {
  if (guarded_ != nullptr && guarded_->waiter_ == this) guarded_->waiter_ = nullptr;
  guarded_ = descriptor;
  if (guarded_ != nullptr) guarded_->waiter_ = this;
}

bool Waiter::Arm(WaitOp& op, std::coroutine_handle<> handle, Descriptor* a, uint8_t a_events,
                 Descriptor* b, uint8_t b_events, LoopTime deadline) {
  if (cancelled_) {
    wake_ = Wake::kCancelled;
    return false;
  }
  if (guarded_ != nullptr && guarded_->hung_up() && guarded_ != a && guarded_ != b) {
    wake_ = Wake::kPeerGone;
    return false;
  }
  if (deadline <= reactor_.now()) {
    wake_ = Wake::kTimeout;
    return false;
  }
  op_ = &op;
  handle_ = handle;
  watched_[0] = a;
  watched_[1] = b;
  if (a != nullptr) {
    a->waiter_ = this;
    a->interest_ = a_events;
  }
  if (b != nullptr) {
    b->waiter_ = this;
    b->interest_ = b_events;
  }
  reactor_.timers().Set(*this, deadline);
  return true;
}

void Waiter::Watch(Descriptor& descriptor, uint8_t events) {
  descriptor.waiter_ = this;
  descriptor.interest_ = events;
}

void Waiter::Forget(Descriptor& descriptor) {
  descriptor.waiter_ = nullptr;
  descriptor.interest_ = 0;
}

void Waiter::Disarm() {
  op_ = nullptr;
  for (Descriptor*& descriptor : watched_) {
    if (descriptor == nullptr) continue;
    descriptor->interest_ = 0;
    if (descriptor != guarded_) descriptor->waiter_ = nullptr;
    descriptor = nullptr;
  }
  reactor_.timers().Clear(*this);
}

void Waiter::Finish(Wake wake) {
  wake_ = wake;
  Disarm();
  // Last: resuming may destroy this waiter.
  std::exchange(handle_, nullptr).resume();
}

void Waiter::Cancel() {
  cancelled_ = true;
  if (op_ != nullptr) Finish(Wake::kCancelled);
}

void Waiter::Poke() {
  if (op_ != nullptr && op_->TryComplete()) Finish(Wake::kReady);
}

void Waiter::PokeLater() { reactor_.deferred_.push_back(this); }

void Waiter::OnDeadline() {
  if (op_ != nullptr) Finish(Wake::kTimeout);
}

void Waiter::OnReady(Descriptor& descriptor) {
  if (op_ == nullptr) return;
  if ((descriptor.ready_ & descriptor.interest_) != 0 && op_->TryComplete()) {
    Finish(Wake::kReady);
    return;
  }
  // A peer that hangs up while this coroutine waits on that very descriptor is seen by the
  // operation itself (end of file, EPIPE).
  if (&descriptor == guarded_ && descriptor.hung_up() && watched_[0] != guarded_ &&
      watched_[1] != guarded_) {
    Finish(Wake::kPeerGone);
  }
}

Result<std::unique_ptr<Reactor>> Reactor::Make() {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  Fd wakeup(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll.valid() || !wakeup.valid()) {
    return Fail(
        {ErrorKind::kResourceExhausted, std::string("event loop: ") + std::strerror(errno), {}});
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeupKey;
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wakeup.get(), &event) != 0) {
    return Fail(Internal(std::string("event loop: ") + std::strerror(errno)));
  }
  return std::unique_ptr<Reactor>(new Reactor(std::move(epoll), std::move(wakeup)));
}

Reactor::Reactor(Fd epoll, Fd wakeup)
    : epoll_(std::move(epoll)),
      wakeup_(std::move(wakeup)),
      read_buffer_(std::make_unique_for_overwrite<char[]>(kReadBufferBytes)),
      now_(MonotonicMillis()),
      timers_(now_) {}

Reactor::~Reactor() = default;

void Reactor::UpdateNow() { now_ = MonotonicMillis(); }

void Reactor::Register(Descriptor& descriptor) {
  const size_t fd = static_cast<size_t>(descriptor.fd());
  if (fd >= slots_.size()) slots_.resize(fd + 64);
  Slot& slot = slots_[fd];
  slot.descriptor = &descriptor;
  ++slot.generation;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = (static_cast<uint64_t>(slot.generation) << 32) | fd;
  // Registered once, never changed: readiness is kept in the descriptor. Failure (no memory) shows
  // as a socket that is never ready, which its deadline ends.
  (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor.fd(), &event);
}

void Reactor::Unregister(Descriptor& descriptor) {
  // close() takes it out of epoll; an event that is already in this turn's batch finds the slot
  // empty or of another generation.
  slots_[static_cast<size_t>(descriptor.fd())].descriptor = nullptr;
}

void Reactor::Dispatch(uint64_t key, uint32_t events) {
  const Slot& slot = slots_[key & 0xffffffffU];
  Descriptor* descriptor = slot.descriptor;
  if (descriptor == nullptr || slot.generation != static_cast<uint32_t>(key >> 32)) return;
  uint8_t ready = 0;
  if ((events & (EPOLLIN | EPOLLERR)) != 0) ready |= kReadable;
  if ((events & (EPOLLOUT | EPOLLERR)) != 0) ready |= kWritable;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) ready |= kHangup | kReadable;
  descriptor->ready_ |= ready;
  if (descriptor->waiter_ != nullptr) descriptor->waiter_->OnReady(*descriptor);
}

void Reactor::RunPosted() {
  uint64_t count = 0;
  (void)!::read(wakeup_.get(), &count, sizeof(count));
  std::vector<std::function<void()>> work;
  {
    std::lock_guard lock(posted_mutex_);
    work.swap(posted_);
  }
  for (auto& item : work) item();
}

void Reactor::RunDeferred() {
  // What is deferred meanwhile comes after the next batch of events.
  const size_t count = deferred_.size();
  for (size_t i = 0; i < count; ++i) {
    if (Waiter* waiter = std::exchange(deferred_[i], nullptr); waiter != nullptr) waiter->Poke();
  }
  deferred_.erase(deferred_.begin(), deferred_.begin() + static_cast<std::ptrdiff_t>(count));
}

void Reactor::Run(const std::function<void()>& on_turn) {
  std::array<epoll_event, kEventsPerTurn> events;
  while (!stop_.load(std::memory_order_acquire)) {
    const int timeout = deferred_.empty() ? timers_.NextTimeout(now_) : 0;
    const int n = ::epoll_wait(epoll_.get(), events.data(), kEventsPerTurn, timeout);
    UpdateNow();
    bool posted = false;
    crowded_ = n > 1;
    for (int i = 0; i < n; ++i) {
      const epoll_event& event = events[static_cast<size_t>(i)];
      if (event.data.u64 == kWakeupKey) {
        posted = true;
      } else {
        Dispatch(event.data.u64, event.events);
      }
    }
    crowded_ = false;
    timers_.Advance(now_);
    if (posted) RunPosted();
    RunDeferred();
    on_turn();
  }
}

void Reactor::Stop() {
  stop_.store(true, std::memory_order_release);
  Post([] {});
}

void Reactor::Post(std::function<void()> work) {
  {
    std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(work));
  }
  const uint64_t one = 1;
  (void)!::write(wakeup_.get(), &one, sizeof(one));
}

}  // namespace llmgw::net

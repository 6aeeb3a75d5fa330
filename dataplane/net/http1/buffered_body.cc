#include "dataplane/net/http1/buffered_body.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace llmgw::net::http1 {

BodyOutcome BufferedBody::FillNow(RequestBody& source) {
  BodyOutcome outcome = BodyOutcome::kComplete;
  if (source.announced() > limits_.max_bytes) return BodyOutcome::kTooLarge;
  // Refused at once, not after most of it has been sent.
  if (!source.finished() && !HasRoomFor(source.announced())) return BodyOutcome::kNoRoom;
  if (source.announced() > limits_.memory_bytes && !OpenFile()) return failed_;
  // What is announced but never sent costs nothing: pages of a large buffer are made when they are
  // touched.
  if (source.announced() > 0 && in_memory())
    memory_ = budget_.buffers().Take(static_cast<size_t>(source.announced()));
  while (true) {
    const RequestBody::Chunk chunk = Next(source);
    if (chunk.status == RequestBody::Status::kAgain) return BodyOutcome::kPartial;
    if (Take(chunk, source, outcome) == Step::kStop) return outcome;
    if (size_ >= kYieldBytes) return BodyOutcome::kPartial;
  }
}

Task<BodyOutcome> BufferedBody::Fill(Waiter& waiter, RequestBody& source, BodyPace& pace) {
  BodyOutcome outcome = BodyOutcome::kPartial;
  if (Enough(source)) co_return outcome;
  outcome = BodyOutcome::kComplete;
  uint64_t yielded_at = 0;
  while (true) {
    const RequestBody::Chunk chunk = Next(source);
    if (chunk.status != RequestBody::Status::kAgain) {
      if (Take(chunk, source, outcome) == Step::kStop) co_return outcome;
      if (size_ - yielded_at < kYieldBytes) continue;
      yielded_at = size_;
      source.KeepInput();
      if (co_await Yield(waiter) == Wake::kCancelled) co_return BodyOutcome::kCancelled;
      continue;
    }
    const LoopTime deadline = pace.BeginWait(waiter.reactor().now(), source.received());
    Stream& client = source.client();
    const Wake wake = co_await WaitAny(waiter, &client.descriptor(), client.read_interest(),
                                       nullptr, 0, deadline);
    pace.EndWait(waiter.reactor().now());
    if (wake == Wake::kTimeout) co_return BodyOutcome::kTimeout;
    if (wake == Wake::kCancelled) co_return BodyOutcome::kCancelled;
    if (wake == Wake::kPeerGone) co_return BodyOutcome::kGone;
  }
}

BufferedBody::Step BufferedBody::Take(RequestBody::Chunk chunk, RequestBody& source,
                                      BodyOutcome& outcome) {
  switch (chunk.status) {
    case RequestBody::Status::kPayload:
      if (source.received() > limits_.max_bytes) {
        outcome = BodyOutcome::kTooLarge;
        return Step::kStop;
      }
      if (!Hold(chunk.data)) {
        outcome = failed_;
        return Step::kStop;
      }
      if (source.finished()) return Step::kStop;
      if (Enough(source)) {
        outcome = BodyOutcome::kPartial;
        return Step::kStop;
      }
      return Step::kMore;
    case RequestBody::Status::kEnd:
      return Step::kStop;
    case RequestBody::Status::kMalformed:
      outcome = BodyOutcome::kMalformed;
      return Step::kStop;
    case RequestBody::Status::kGone:
      outcome = BodyOutcome::kGone;
      return Step::kStop;
    case RequestBody::Status::kAgain:
      break;
  }
  return Step::kMore;
}

bool BufferedBody::Enough(const RequestBody& source) const {
  // With the size known a body that is too large to keep goes on as soon as its beginning is there
  // for the peek.
  return size_ >= limits_.replay_bytes ||
         (source.announced() > limits_.replay_bytes && size_ >= limits_.memory_bytes);
}

// Straight to where it is held, where that can be.
RequestBody::Chunk BufferedBody::Next(RequestBody& source) {
  const std::span<char> room = memory_.room();
  return in_memory() && !room.empty() ? source.TryNext(room) : source.TryNext();
}

bool BufferedBody::HasRoomFor(uint64_t announced) const {
  // Chunked bodies announce nothing, but have at least a byte.
  const uint64_t kept = std::max<uint64_t>(1, std::min(announced, limits_.replay_bytes));
  return (kept <= limits_.memory_bytes && budget_.memory().HasRoom(kept)) ||
         budget_.files().HasRoom(kept);
}

bool BufferedBody::Fail(BodyOutcome why) {
  failed_ = why;
  return false;
}

bool BufferedBody::Hold(std::string_view data) {
  if (!in_memory()) return Write(data);
  if (size_ + data.size() <= limits_.memory_bytes && budget_.memory().Take(data.size())) {
    HoldInMemory(data);
    return true;
  }
  // `data` may lie in the memory that is given up.
  const bool written = OpenFile() && Write(memory_.view()) && Write(data);
  GiveUpMemory();
  return written;
}

void BufferedBody::HoldInMemory(std::string_view data) {
  charged_ += data.size();
  size_ += data.size();
  const std::span<char> room = memory_.room();
  if (data.data() == room.data()) {
    memory_.Commit(data.size());
    return;
  }
  if (data.size() > room.size()) {
    // The size was not announced: doubles as it grows.
    BodyBuffer larger = budget_.buffers().Take(
        std::max<size_t>(memory_.size() + data.size(), 2 * memory_.capacity()));
    larger.Append(memory_.view());
    std::swap(memory_, larger);
    budget_.buffers().Give(std::move(larger));
  }
  memory_.Append(data);
}

void BufferedBody::GiveUpMemory() {
  budget_.memory().Give(charged_);
  charged_ = 0;
  budget_.buffers().Give(std::exchange(memory_, BodyBuffer()));
}

bool BufferedBody::OpenFile() {
  file_ = Fd(::open(limits_.temp_dir.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file_.valid() && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
    // File systems without O_TMPFILE: make one and unlink it at once.
    std::string path = limits_.temp_dir + "/llmgw-body-XXXXXX";
    file_ = Fd(::mkostemp(path.data(), O_CLOEXEC));
    if (file_.valid()) ::unlink(path.c_str());
  }
  size_ = 0;
  if (file_.valid()) return true;
  const bool shortage = errno == EMFILE || errno == ENFILE;
  return Fail(shortage ? BodyOutcome::kNoDescriptor : BodyOutcome::kNoSpace);
}

bool BufferedBody::Write(std::string_view data) {
  if (!budget_.files().Take(data.size())) return Fail(BodyOutcome::kNoRoom);
  charged_to_files_ += data.size();
  while (!data.empty()) {
    const ssize_t n = ::pwrite(file_.get(), data.data(), data.size(), static_cast<off_t>(size_));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Fail(BodyOutcome::kNoSpace);
    size_ += static_cast<uint64_t>(n);
    data.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

size_t BufferedBody::ReadAt(uint64_t offset, std::span<char> bytes) const {
  if (in_memory()) {
    const std::string_view rest = memory().substr(static_cast<size_t>(offset));
    return rest.copy(bytes.data(), bytes.size());
  }
  const ssize_t n = ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
  return n < 0 ? 0 : static_cast<size_t>(n);
}

BufferedBody::View::View(const BufferedBody& body) {
  if (body.in_memory()) {
    bytes_ = body.memory();
    return;
  }
  if (body.size_ == 0) return;
  void* mapped = ::mmap(nullptr, body.size_, PROT_READ, MAP_PRIVATE, body.file_.get(), 0);
  if (mapped == MAP_FAILED) return;
  mapped_ = mapped;
  bytes_ = {static_cast<const char*>(mapped), static_cast<size_t>(body.size_)};
}

BufferedBody::View::~View() {
  if (mapped_ != nullptr) ::munmap(mapped_, bytes_.size());
}

void BufferedBody::Release() {
  GiveUpMemory();
  file_ = Fd();
  budget_.files().Give(charged_to_files_);
  charged_to_files_ = 0;
}

}  // namespace llmgw::net::http1

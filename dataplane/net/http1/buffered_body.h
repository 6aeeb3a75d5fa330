#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "dataplane/net/budget.h"
#include "dataplane/net/fd.h"
#include "dataplane/net/http1/body_buffer.h"
#include "dataplane/net/http1/body_pace.h"
#include "dataplane/net/http1/request_body.h"
#include "dataplane/net/task.h"

namespace llmgw::net::http1 {

// How much of a request body is kept so that it can be sent again to another upstream, and where.
struct BodyLimits {
  // A larger body goes to an unlinked temporary file: 1 MiB of text and the JSON around it.
  uint64_t memory_bytes = (1 << 20) + (64 << 10);
  uint64_t replay_bytes = 64ULL << 20;  // a larger body is streamed through and can't be sent twice
  uint64_t max_bytes = 1ULL << 30;      // a larger body is refused
  PaceLimits pace;                      // how slowly it may come
  std::string temp_dir = "/tmp";        // for temporary files
};

// What the bodies of one worker may hold together, and the buffers that it is in. Beyond `memory`
// bodies go to files however small they are; beyond `files` they are refused.
class BodyBudget {
 public:
  // Both outlive this.
  BodyBudget(BudgetShare& memory, BudgetShare& files) : memory_(memory), files_(files) {}
  BudgetShare& memory() { return memory_; }
  BudgetShare& files() { return files_; }
  BodyBufferPool& buffers() { return buffers_; }

 private:
  BudgetShare& memory_;
  BudgetShare& files_;
  BodyBufferPool buffers_;
};

enum class BodyOutcome : uint8_t {
  kComplete,   // all of it is held
  kPartial,    // larger than replay_bytes: the beginning is held, the rest is still to be read from
               // the client
  kTooLarge,   // larger than max_bytes
  kMalformed,  // chunk framing broken
  kTimeout,    // the client stopped sending
  kGone,       // the client left
  kCancelled,
  kNoSpace,       // the temporary file could not be made or written (a full disk)
  kNoDescriptor,  // the process has no descriptor left for a temporary file
  kNoRoom,        // the budget is used up
};

// The beginning of a request body, or all of it, in memory or in a file. One per request, on its
// worker's thread.
class BufferedBody {
 public:
  BufferedBody(const BodyLimits& limits, BodyBudget& budget) : limits_(limits), budget_(budget) {}
  ~BufferedBody() { Release(); }
  BufferedBody(const BufferedBody&) = delete;
  BufferedBody& operator=(const BufferedBody&) = delete;

  // Takes what is already there, within reason; kPartial when more is to come. Spares the common
  // small request a coroutine.
  BodyOutcome FillNow(RequestBody& source);
  // Reads on until the body ends or replay_bytes are held.
  Task<BodyOutcome> Fill(Waiter& waiter, RequestBody& source, BodyPace& pace);

  uint64_t size() const { return size_; }
  bool in_memory() const { return !file_.valid(); }
  // The held bytes. REQUIRES: in_memory().
  std::string_view memory() const { return memory_.view(); }
  // At most bytes.size() held bytes from `offset` on; fewer only at the end, 0 on a read error.
  size_t ReadAt(uint64_t offset, std::span<char> bytes) const;

  // The held bytes as one view for as long as it lives, whatever holds them. Empty when the file
  // can't be mapped.
  class View {
   public:
    explicit View(const BufferedBody& body);
    ~View();
    View(const View&) = delete;
    View& operator=(const View&) = delete;
    std::string_view bytes() const { return bytes_; }

   private:
    std::string_view bytes_;
    void* mapped_ = nullptr;
  };

  // Gives up what is held: the body has been sent for good.
  void Release();

 private:
  enum class Step : uint8_t { kMore, kStop };
  Step Take(RequestBody::Chunk chunk, RequestBody& source, BodyOutcome& outcome);
  // As much is held as is to be kept.
  bool Enough(const RequestBody& source) const;
  RequestBody::Chunk Next(RequestBody& source);
  // As much as will be kept of a body of that announced size finds room now.
  bool HasRoomFor(uint64_t announced) const;
  // Those that may fail set failed_ when they return false.
  bool Hold(std::string_view data);
  void HoldInMemory(std::string_view data);
  void GiveUpMemory();
  bool OpenFile();
  bool Write(std::string_view data);
  bool Fail(BodyOutcome why);

  const BodyLimits& limits_;
  BodyBudget& budget_;
  BodyBuffer memory_;
  uint64_t charged_ = 0;  // to budget_.memory()
  Fd file_;
  uint64_t charged_to_files_ = 0;
  BodyOutcome failed_ = BodyOutcome::kNoSpace;
  uint64_t size_ = 0;
};

}  // namespace llmgw::net::http1

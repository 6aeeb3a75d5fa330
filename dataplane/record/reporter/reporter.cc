#include "dataplane/record/reporter/reporter.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "common/base/backoff.h"
#include "dataplane/record/reporter/record_proto.h"

namespace llmgw::record {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kReportMethod[] = "/llmgw.usage.v1.UsageService/Report";
constexpr auto kStoppingBackoff = std::chrono::milliseconds(100);

// One Report() under way. gRPC calls back on a thread of its own, which only sets `done`.
struct Call {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  grpc::Status status;
  size_t records = 0;
  std::atomic<bool> done{false};
};

}  // namespace

class Reporter::Loop {
 public:
  Loop(ReporterOptions options, std::shared_ptr<grpc::Channel> channel, RecordOutbox& outbox,
       std::unique_ptr<RecordQueue> queue)
      : options_(std::move(options)),
        stub_(std::move(channel)),
        outbox_(outbox),
        queue_(std::move(queue)),
        backoff_(options_.first_backoff, options_.most_backoff),
        batch_records_(options_.batch_records),
        thread_([this] { Run(); }) {}

  ~Loop() { Stop(std::chrono::milliseconds(0)); }

  void Stop(std::chrono::milliseconds grace) {
    if (!thread_.joinable()) return;
    stop_at_ = (Clock::now() + grace).time_since_epoch().count();
    outbox_.wake()->Signal();
    thread_.join();
    if (const uint64_t left = queue_->records(); left > 0) {
      spdlog::warn("{} request records could not be delivered to the controlplane and are lost",
                   left);
    }
  }

  ReporterCounts counts() const {
    return {.waiting = queue_->records(),
            .waiting_bytes = queue_->bytes(),
            .sent = sent_,
            .refused = refused_,
            .dropped = queue_->dropped() + outbox_.dropped(),
            .failed_calls = failed_calls_};
  }

 private:
  void Run() {
    while (true) {
      const std::optional<Clock::time_point> stop_at = StopTime();
      TakeRecords();
      if (call_ && call_->done) FinishCall();
      if (stop_at && (Clock::now() >= *stop_at || (!call_ && queue_->records() == 0))) break;
      if (!call_ && queue_->records() > 0 && Clock::now() >= retry_at_) StartCall();
      outbox_.wake()->Wait(NextDeadline(stop_at));
    }
    if (call_) {
      call_->context.TryCancel();
      while (!call_->done) outbox_.wake()->Wait(std::nullopt);
      FinishCall();
    }
  }

  std::optional<Clock::time_point> StopTime() const {
    const int64_t stop_at = stop_at_;
    if (stop_at == kRunning) return std::nullopt;
    return Clock::time_point(Clock::duration(stop_at));
  }

  std::optional<Clock::time_point> NextDeadline(std::optional<Clock::time_point> stop_at) const {
    std::optional<Clock::time_point> deadline = stop_at;
    if (!call_ && queue_->records() > 0) {
      deadline = deadline ? std::min(*deadline, retry_at_) : retry_at_;
    }
    return deadline;
  }

  void TakeRecords() {
    std::vector<RecordBlock> blocks = outbox_.TakeAll();
    const uint64_t dropped = queue_->dropped();
    for (RecordBlock& block : blocks) queue_->Append(std::move(block));
    if (queue_->dropped() > dropped && !full_) {
      full_ = true;
      spdlog::warn(
          "the queue of request records is full; new ones are dropped until the "
          "controlplane takes some (llmgw_records_dropped_total counts them)");
    }
  }

  void StartCall() {
    const std::vector<std::string_view> batch = queue_->Front(batch_records_, options_.batch_bytes);
    grpc::Slice slice(EncodeReport(options_.dataplane_id, batch));
    call_ = std::make_unique<Call>();
    call_->records = batch.size();
    call_->request = grpc::ByteBuffer(&slice, 1);
    call_->context.set_deadline(std::chrono::system_clock::now() + options_.call_timeout);
    // Once `done` is set the loop may end, so the callback owns its part of the event. It must not
    // own the call: whose last owner is a thread of gRPC's, its channel would be torn down on that
    // thread.
    stub_.UnaryCall(&call_->context, kReportMethod, grpc::StubOptions(), &call_->request,
                    &call_->response,
                    [call = call_.get(), wake = outbox_.wake()](grpc::Status status) {
                      call->status = std::move(status);
                      call->done = true;
                      wake->Signal();
                    });
  }

  void FinishCall() {
    const std::unique_ptr<Call> call = std::move(call_);
    if (call->status.ok()) {
      queue_->Acknowledge(call->records);
      sent_ += call->records;
      full_ = false;
      backoff_.Reset();
      batch_records_ = options_.batch_records;
      if (std::exchange(away_, false)) spdlog::info("request records are being delivered again");
    } else if (call->status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) {
      Narrow(*call);
    } else {
      ++failed_calls_;
      if (!std::exchange(away_, true) && stop_at_ == kRunning) {
        spdlog::warn("request records can't be delivered, they wait: {}",
                     call->status.error_message());
      }
      const auto wait = backoff_.Next();
      retry_at_ = Clock::now() + (stop_at_ == kRunning ? wait : std::min(wait, kStoppingBackoff));
    }
  }

  // A batch with a record that the controlplane will never take would block all others: send half
  // as many until the one is found, and give that up.
  void Narrow(const Call& call) {
    if (call.records > 1) {
      batch_records_ = call.records / 2;
      return;
    }
    spdlog::error("the controlplane refused a request record, it is lost: {}",
                  call.status.error_message());
    queue_->Acknowledge(1);
    ++refused_;
    batch_records_ = options_.batch_records;
  }

  static constexpr int64_t kRunning = INT64_MAX;

  // Constant after construction, or safe by themselves.
  const ReporterOptions options_;
  grpc::GenericStub stub_;
  RecordOutbox& outbox_;
  const std::unique_ptr<RecordQueue> queue_;
  std::atomic<int64_t> stop_at_{kRunning};  // ticks of Clock; kRunning until Stop()
  std::atomic<uint64_t> sent_{0};
  std::atomic<uint64_t> refused_{0};
  std::atomic<uint64_t> failed_calls_{0};

  // The loop's thread only.
  Backoff backoff_;
  std::unique_ptr<Call> call_;
  Clock::time_point retry_at_;
  size_t batch_records_;
  bool away_ = false;  // the last call failed
  bool full_ = false;  // dropping was said

  std::thread thread_;  // last: it uses all of the above
};

Reporter::Reporter(ReporterOptions options, std::shared_ptr<grpc::Channel> channel,
                   RecordOutbox& outbox, std::unique_ptr<RecordQueue> queue)
    : loop_(std::make_unique<Loop>(std::move(options), std::move(channel), outbox,
                                   std::move(queue))) {}
Reporter::~Reporter() = default;

void Reporter::Stop(std::chrono::milliseconds grace) { loop_->Stop(grace); }
ReporterCounts Reporter::counts() const { return loop_->counts(); }

}  // namespace llmgw::record

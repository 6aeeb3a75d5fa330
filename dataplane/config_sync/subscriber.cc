#include "dataplane/config_sync/subscriber.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/async_stream.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "common/base/backoff.h"
#include "dataplane/config_sync/health_report.h"
#include "llmgw/config/v1/config_service.grpc.pb.h"

namespace llmgw::config_sync {
namespace {

using config::v1::ConfigService;
using config::v1::ControlplaneMessage;
using config::v1::DataplaneMessage;
using Steady = std::chrono::steady_clock;

google::protobuf::Timestamp ToProto(std::chrono::system_clock::time_point time) {
  google::protobuf::Timestamp out;
  out.set_seconds(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  return out;
}

// gRPC waits by the wall clock.
std::chrono::system_clock::time_point WallDeadline(Steady::time_point deadline) {
  return std::chrono::system_clock::now() +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(deadline - Steady::now());
}

enum Tag : intptr_t { kStarted = 1, kRead, kWritten, kFinished };

// gRPC's tags are pointers that it never follows.
void* AsTag(Tag tag) {
  return reinterpret_cast<void*>(static_cast<intptr_t>(tag));  // NOLINT(performance-no-int-to-ptr)
}

}  // namespace

class Subscriber::Loop {
 public:
  Loop(SubscriberOptions options, std::shared_ptr<grpc::Channel> channel, ConfigApplier& applier,
       ConfigStatus& status, std::function<uint64_t()> requests_in_flight,
       std::function<std::vector<model::UpstreamHealth>()> health)
      : options_(std::move(options)),
        stub_(ConfigService::NewStub(std::move(channel))),
        applier_(applier),
        status_(status),
        requests_in_flight_(std::move(requests_in_flight)),
        health_(std::move(health)),
        started_at_(std::chrono::system_clock::now()),
        backoff_(options_.first_backoff, options_.most_backoff),
        thread_([this] { Run(); }) {}

  ~Loop() { Stop(); }

  void Stop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      if (context_ != nullptr) context_->TryCancel();
    }
    stopped_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run() {
    while (!Stopping()) {
      RunStream();
      status_.Update([](ConfigStatusValues& values) { values.connected = false; });
      WaitForNextTry();
    }
    applier_.Save();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  bool Stopping() {
    std::lock_guard lock(mutex_);
    return stopping_;
  }

  void WaitForNextTry() {
    const auto retry_at = Steady::now() + backoff_.Next();
    while (Steady::now() < retry_at) {
      const auto wake_at = std::min(retry_at, applier_.save_due().value_or(retry_at));
      {
        std::unique_lock lock(mutex_);
        if (stopped_.wait_until(lock, wake_at, [&] { return stopping_; })) return;
      }
      applier_.SaveIfDue();
    }
  }

  // One stream, from its start until it has ended and nothing of it is under way.
  void RunStream() {
    grpc::ClientContext context;
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
      context_ = &context;
    }
    outgoing_.clear();
    writing_ = open_ = false;
    under_way_ = 1;
    stream_ = stub_->AsyncStream(&context, &queue_, AsTag(kStarted));
    while (under_way_ > 0) {
      void* tag = nullptr;
      bool ok = false;
      const auto got = queue_.AsyncNext(&tag, &ok, WallDeadline(NextDeadline()));
      if (got == grpc::CompletionQueue::GOT_EVENT) {
        --under_way_;
        OnEvent(static_cast<Tag>(reinterpret_cast<intptr_t>(tag)), ok);
      }
      OnTime();
    }
    {
      std::lock_guard lock(mutex_);
      context_ = nullptr;
    }
    stream_.reset();
    SayWhyItEnded();
  }

  Steady::time_point NextDeadline() const {
    auto deadline = std::min(heartbeat_due_, health_due_);
    if (!open_) deadline = Steady::now() + options_.heartbeat;
    return std::min(deadline, applier_.save_due().value_or(deadline));
  }

  void OnTime() {
    applier_.SaveIfDue();
    if (open_) TellHealth();
    if (!open_ || Steady::now() < heartbeat_due_) return;
    heartbeat_due_ = Steady::now() + options_.heartbeat;
    DataplaneMessage message;
    message.mutable_heartbeat()->set_revision(applier_.revision());
    message.mutable_heartbeat()->set_requests_in_flight(requests_in_flight_());
    // A controlplane that reads nothing must not make them pile up.
    if (outgoing_.empty()) Send(std::move(message));
  }

  void TellHealth() {
    if (Steady::now() < health_due_) return;
    health_due_ = Steady::now() + options_.health_interval;
    std::vector<model::UpstreamHealth> health = health_();
    if (health == told_health_ || !outgoing_.empty()) return;
    DataplaneMessage message;
    *message.mutable_health() = ReportOf(health);
    told_health_ = std::move(health);
    Send(std::move(message));
  }

  void OnEvent(Tag tag, bool ok) {
    switch (tag) {
      case kStarted:
        if (!ok) return Finish();
        open_ = true;
        heartbeat_due_ = Steady::now() + options_.heartbeat;
        health_due_ = Steady::now();
        told_health_.clear();  // who has just been told hello knows of nothing
        SendHello();
        return Read();
      case kRead:
        if (!ok) return Finish();
        OnMessage();
        return Read();
      case kWritten:
        writing_ = false;
        // When it failed the read fails too, and ends the stream.
        if (ok) WriteNext();
        return;
      case kFinished:
        return;
    }
  }

  void Read() {
    ++under_way_;
    stream_->Read(&incoming_, AsTag(kRead));
  }

  void Finish() {
    open_ = false;
    ++under_way_;
    stream_->Finish(&end_, AsTag(kFinished));
  }

  void Send(DataplaneMessage message) {
    outgoing_.push_back(std::move(message));
    WriteNext();
  }

  void WriteNext() {
    if (writing_ || !open_ || outgoing_.empty()) return;
    writing_ = true;
    ++under_way_;
    stream_->Write(outgoing_.front(), AsTag(kWritten));
    outgoing_.pop_front();  // gRPC has its own copy
  }

  void SendHello() {
    DataplaneMessage message;
    auto& hello = *message.mutable_hello();
    hello.set_dataplane_id(options_.dataplane_id);
    hello.set_version(options_.version);
    hello.set_revision(applier_.revision());
    *hello.mutable_started_at() = ToProto(started_at_);
    hello.set_address(options_.address);
    Send(std::move(message));
  }

  void OnMessage() {
    if (!said_connected_) {
      said_connected_ = true;
      said_failure_.clear();
      spdlog::info("connected to the controlplane");
    }
    backoff_.Reset();
    status_.Update([](ConfigStatusValues& values) { values.connected = true; });
    const Status taken = TakeUpdate();
    DataplaneMessage answer;
    if (taken) {
      spdlog::info("configuration revision {} is in force", incoming_.revision());
      answer.mutable_ack()->set_nonce(incoming_.nonce());
      answer.mutable_ack()->set_revision(incoming_.revision());
    } else {
      spdlog::error("configuration revision {} is refused, revision {} stays in force: {}",
                    incoming_.revision(), applier_.revision(), taken.error().Describe());
      answer.mutable_nack()->set_nonce(incoming_.nonce());
      answer.mutable_nack()->set_revision(incoming_.revision());
      answer.mutable_nack()->set_reason(taken.error().message);
      answer.mutable_nack()->set_field(taken.error().field);
    }
    Send(std::move(answer));
  }

  Status TakeUpdate() {
    if (incoming_.has_snapshot()) {
      return applier_.Take(
          ConfigState::FromSnapshot(incoming_.revision(), std::move(*incoming_.mutable_snapshot())),
          ConfigSource::kControlplane);
    }
    if (incoming_.has_delta()) {
      return applier_.TakeDelta(incoming_.revision(), incoming_.delta());
    }
    return Fail(InvalidArgument("payload", "is of no kind that this version knows"));
  }

  // Once per cause, not once per try.
  void SayWhyItEnded() {
    if (Stopping()) return;
    const std::string why = end_.ok() ? "it ended the stream" : end_.error_message();
    said_connected_ = false;
    if (why == said_failure_) return;
    said_failure_ = why;
    if (end_.error_code() == grpc::StatusCode::UNAUTHENTICATED) {
      spdlog::error("the controlplane refuses the dataplane token: {}", why);
    } else {
      spdlog::warn("no connection to the controlplane, trying again: {}", why);
    }
  }

  // Constant after construction.
  const SubscriberOptions options_;
  const std::unique_ptr<ConfigService::Stub> stub_;
  ConfigApplier& applier_;
  ConfigStatus& status_;
  const std::function<uint64_t()> requests_in_flight_;
  const std::function<std::vector<model::UpstreamHealth>()> health_;
  const std::chrono::system_clock::time_point started_at_;

  // Guarded by mutex_.
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  grpc::ClientContext* context_ = nullptr;  // of the stream that Stop() cancels

  // The thread's only.
  Backoff backoff_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<DataplaneMessage, ControlplaneMessage>> stream_;
  int under_way_ = 0;     // operations that the queue will still report
  bool open_ = false;     // started and not yet finishing
  bool writing_ = false;  // gRPC takes one write at a time
  std::deque<DataplaneMessage> outgoing_;
  ControlplaneMessage incoming_;
  grpc::Status end_;
  Steady::time_point heartbeat_due_;
  Steady::time_point health_due_;
  std::vector<model::UpstreamHealth> told_health_;  // on this stream
  bool said_connected_ = false;
  std::string said_failure_;

  std::thread thread_;  // last: it uses all of the above
};

Subscriber::Subscriber(SubscriberOptions options, std::shared_ptr<grpc::Channel> channel,
                       ConfigApplier& applier, ConfigStatus& status,
                       std::function<uint64_t()> requests_in_flight,
                       std::function<std::vector<model::UpstreamHealth>()> health)
    : loop_(std::make_unique<Loop>(std::move(options), std::move(channel), applier, status,
                                   std::move(requests_in_flight), std::move(health))) {}
Subscriber::~Subscriber() = default;

void Subscriber::Stop() { loop_->Stop(); }

}  // namespace llmgw::config_sync

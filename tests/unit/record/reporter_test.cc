#include "dataplane/record/reporter/reporter.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "dataplane/record/reporter/record_proto.h"
#include "llmgw/usage/v1/usage_service.grpc.pb.h"

namespace llmgw::record {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kBound = seconds(20);

// A controlplane's usage service that keeps what it got.
class FakeUsageService final : public usage::v1::UsageService::Service {
 public:
  grpc::Status Report(grpc::ServerContext*, const usage::v1::ReportRequest* request,
                      usage::v1::ReportResponse*) override {
    std::lock_guard lock(mutex_);
    ++calls_;
    largest_batch_ = std::max(largest_batch_, request->records_size());
    changed_.notify_all();
    if (failures_ > 0) {
      --failures_;
      return {grpc::StatusCode::UNAVAILABLE, "the store is away"};
    }
    for (const auto& record : request->records()) {
      if (record.request_id() == poison_) {
        return {grpc::StatusCode::INVALID_ARGUMENT, "records: cannot be stored"};
      }
    }
    for (const auto& record : request->records()) ids_.push_back(record.request_id());
    return grpc::Status::OK;
  }

  void FailNext(int calls) {
    std::lock_guard lock(mutex_);
    failures_ = calls;
  }
  void Refuse(std::string id) {
    std::lock_guard lock(mutex_);
    poison_ = std::move(id);
  }
  bool WaitForRecords(size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kBound, [&] { return ids_.size() >= count; });
  }
  bool WaitForCalls(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kBound, [&] { return calls_ >= count; });
  }
  std::vector<std::string> ids() {
    std::lock_guard lock(mutex_);
    return ids_;
  }
  int largest_batch() {
    std::lock_guard lock(mutex_);
    return largest_batch_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int calls_ = 0;
  int failures_ = 0;
  int largest_batch_ = 0;
  std::string poison_;
  std::vector<std::string> ids_;
};

class ReporterTest : public testing::Test {
 protected:
  ReporterTest() { StartServer(0); }
  ~ReporterTest() override {
    reporter_.reset();
    StopServer();
  }

  void StartServer(int port) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  void StopServer() {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
  }

  void StartReporter(ReporterOptions options = {}, MemoryRecordQueue::Limits limits = {}) {
    options.dataplane_id = "dp-1";
    options.first_backoff = milliseconds(1);
    options.most_backoff = milliseconds(20);
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 20);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 20);
    reporter_ = std::make_unique<Reporter>(
        options,
        grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port_),
                                  grpc::InsecureChannelCredentials(), arguments),
        outbox_, std::make_unique<MemoryRecordQueue>(limits));
  }

  void Put(int first, int count) {
    RecordBlock block;
    ProtoRecordEncoder encoder("dp-1");
    for (int i = first; i < first + count; ++i) {
      model::RequestRecord record;
      record.request_id = std::to_string(i);
      const size_t begin = block.bytes.size();
      encoder.Append(record, block.bytes);
      block.sizes.push_back(static_cast<uint32_t>(block.bytes.size() - begin));
      expected_.push_back(std::to_string(i));
    }
    box_.Put(std::move(block));
  }

  FakeUsageService service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  RecordOutbox outbox_;
  RecordBox& box_ = outbox_.AddBox();
  std::unique_ptr<Reporter> reporter_;
  std::vector<std::string> expected_;
};

TEST_F(ReporterTest, DeliversInBoundedBatchesInOrder) {
  Put(0, 1200);
  StartReporter();
  ASSERT_TRUE(service_.WaitForRecords(1200));
  EXPECT_EQ(service_.ids(), expected_);
  EXPECT_LE(service_.largest_batch(), 500);
  Put(1200, 1);
  ASSERT_TRUE(service_.WaitForRecords(1201));
  EXPECT_EQ(service_.ids(), expected_);
}

TEST_F(ReporterTest, RetriesWithoutLosingOrReordering) {
  service_.FailNext(3);
  StartReporter({.dataplane_id = {}, .batch_records = 10});
  Put(0, 25);
  ASSERT_TRUE(service_.WaitForCalls(2));
  Put(25, 25);
  ASSERT_TRUE(service_.WaitForRecords(50));
  EXPECT_EQ(service_.ids(), expected_);
  reporter_->Stop(kBound);
  const ReporterCounts counts = reporter_->counts();
  EXPECT_EQ(counts.failed_calls, 3u);
  EXPECT_EQ(counts.sent, 50u);
  EXPECT_EQ(counts.waiting, 0u);
  EXPECT_EQ(counts.dropped, 0u);
}

TEST_F(ReporterTest, KeepsRecordsWhileTheControlplaneIsAway) {
  const int port = port_;
  StopServer();
  port_ = port;
  StartReporter();
  Put(0, 5);
  StartServer(port);
  ASSERT_TRUE(service_.WaitForRecords(5));
  EXPECT_EQ(service_.ids(), expected_);
}

TEST_F(ReporterTest, ARecordThatIsRefusedDoesNotBlockTheOthers) {
  service_.Refuse("7");
  Put(0, 20);
  StartReporter();
  ASSERT_TRUE(service_.WaitForRecords(19));
  std::erase(expected_, "7");
  EXPECT_EQ(service_.ids(), expected_);
  reporter_->Stop(kBound);
  EXPECT_EQ(reporter_->counts().refused, 1u);
  EXPECT_EQ(reporter_->counts().sent, 19u);
}

TEST_F(ReporterTest, StopDeliversWhatWaits) {
  StartReporter();
  Put(0, 700);
  reporter_->Stop(kBound);
  EXPECT_EQ(service_.ids(), expected_);
}

TEST_F(ReporterTest, StopEndsAtItsGraceWithTheControlplaneAway) {
  StopServer();
  StartReporter();
  Put(0, 3);
  reporter_->Stop(milliseconds(1));
  EXPECT_EQ(reporter_->counts().sent, 0u);
}

TEST_F(ReporterTest, AFullQueueDropsTheNewestAndCountsThem) {
  StopServer();
  Put(0, 10);
  StartReporter({}, {.records = 4, .bytes = 1 << 20});
  reporter_->Stop(milliseconds(1));
  EXPECT_EQ(reporter_->counts().dropped, 6u);
  EXPECT_EQ(reporter_->counts().waiting, 4u);
}

}  // namespace
}  // namespace llmgw::record

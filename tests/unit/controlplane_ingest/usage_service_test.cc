#include "controlplane/ingest/usage_service.h"

#include <grpcpp/server.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "tests/fakes/memory_store.h"
#include "tests/support/wait.h"

namespace llmgw::controlplane::ingest {
namespace {

class UsageServiceTest : public testing::Test {
 protected:
  UsageServiceTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    rpc::Configure(builder, {"127.0.0.1", 0}, rpc::MakeServerCredentials({}).value(), {}, &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    rpc::ChannelOptions options;
    options.address = "127.0.0.1:" + std::to_string(port);
    options.token = SecretString("right");
    stub_ = usage::v1::UsageService::NewStub(rpc::MakeChannel(options).value());
  }

  Result<usage::v1::ReportResponse> Report(std::vector<std::string> ids) {
    grpc::ClientContext context;
    return Report(context, std::move(ids));
  }
  Result<usage::v1::ReportResponse> Report(grpc::ClientContext& context,
                                           std::vector<std::string> ids) {
    usage::v1::ReportRequest request;
    request.set_dataplane_id("dp-1");
    for (const std::string& id : ids) request.add_records()->set_request_id(id);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    usage::v1::ReportResponse response;
    auto status = stub_->Report(&context, request, &response);
    if (!status.ok()) return Fail(rpc::FromGrpcStatus(status, context));
    return response;
  }

  test::MemoryLogStore logs_;
  rpc::BearerAuthorizer authorizer_{SecretString("right"), "dataplane token"};
  prometheus::Registry registry_;
  std::atomic<int> told_ = 0;
  UsageService service_{logs_, authorizer_, registry_, [this] { ++told_; }};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<usage::v1::UsageService::Stub> stub_;
};

TEST_F(UsageServiceTest, StoresOnceAndTellsOfNewRecordsOnly) {
  EXPECT_EQ(Report({"req_1", "req_2"})->stored(), 2u);
  EXPECT_EQ(told_, 1);
  auto again = Report({"req_1", "req_2"}).value();
  EXPECT_EQ(again.stored(), 0u);
  EXPECT_EQ(again.duplicates(), 2u);
  EXPECT_EQ(told_, 1);
  EXPECT_EQ(service_.records_stored(), 2u);
}

TEST_F(UsageServiceTest, StoreThatIsAwayIsUnavailableSoThatTheSenderKeepsTheBatch) {
  logs_.GoAway();
  EXPECT_EQ(Report({"req_1"}).error().kind, ErrorKind::kUnavailable);
  logs_.Return();
  EXPECT_EQ(Report({"req_1"})->stored(), 1u);
}

TEST_F(UsageServiceTest, ASlowStoreLeavesThreadsForOthers) {
  logs_.Cork();
  std::vector<std::thread> senders;
  std::atomic<int> stored = 0;
  for (int i = 0; i < UsageService::kMostAtOnce; ++i) {
    senders.emplace_back([&, i] { stored += Report({"req_" + std::to_string(i)}) ? 1 : 0; });
  }
  EXPECT_TRUE(test::WaitFor([&] { return logs_.waiting() == UsageService::kMostAtOnce; }));
  EXPECT_EQ(Report({"req_more"}).error().kind, ErrorKind::kUnavailable);
  logs_.Uncork();
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(stored, UsageService::kMostAtOnce);
  EXPECT_EQ(Report({"req_more"})->stored(), 1u);
}

TEST_F(UsageServiceTest, ABatchIsGivenUpWithItsSender) {
  logs_.Cork();
  grpc::ClientContext context;
  std::thread sender([&] { EXPECT_FALSE(Report(context, {"req_1"})); });
  EXPECT_TRUE(test::WaitFor([&] { return logs_.waiting() == 1; }));
  context.TryCancel();
  EXPECT_TRUE(test::WaitFor([&] { return logs_.abandoned() == 1; }));
  logs_.Uncork();
  sender.join();
  EXPECT_EQ(logs_.LastSequence().value(), 0u);
}

TEST_F(UsageServiceTest, ABatchWithANamelessRecordIsRefusedWhole) {
  EXPECT_EQ(Report({"req_1", ""}).error().field, "records[1].request_id");
  EXPECT_EQ(logs_.LastSequence().value(), 0u);
}

}  // namespace
}  // namespace llmgw::controlplane::ingest

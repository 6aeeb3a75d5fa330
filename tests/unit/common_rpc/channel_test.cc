#include "common/rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/rpc/bearer.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "llmgw/config/v1/config_service.grpc.pb.h"
#include "llmgw/usage/v1/usage_service.grpc.pb.h"

namespace llmgw::rpc {
namespace {

class GuardedService final : public usage::v1::UsageService::Service {
 public:
  grpc::Status Report(grpc::ServerContext* context, const usage::v1::ReportRequest* request,
                      usage::v1::ReportResponse*) override {
    if (auto ok = authorizer_.Check(*context); !ok) return ToGrpcStatus(ok.error(), *context);
    if (request->dataplane_id().empty()) {
      return ToGrpcStatus(InvalidArgument("dataplane_id", "is empty"), *context);
    }
    return grpc::Status::OK;
  }

 private:
  BearerAuthorizer authorizer_{SecretString("right"), "dataplane token"};
};

// Sends one large snapshot to whoever asks.
class LargeConfigService final : public config::v1::ConfigService::Service {
 public:
  static constexpr size_t kBytes = 20'000'000;

  grpc::Status Stream(grpc::ServerContext*,
                      grpc::ServerReaderWriter<config::v1::ControlplaneMessage,
                                               config::v1::DataplaneMessage>* stream) override {
    config::v1::ControlplaneMessage message;
    message.mutable_snapshot()->set_client_key_hash_key(std::string(kBytes, 'k'));
    stream->Write(message);
    return grpc::Status::OK;
  }
};

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() {
    grpc::ServerBuilder builder;
    Configure(builder, {"127.0.0.1", 0}, MakeServerCredentials({}).value(), {}, &port_);
    builder.RegisterService(&service_);
    builder.RegisterService(&config_service_);
    server_ = builder.BuildAndStart();
  }

  Status Report(const std::string& token, const std::string& dataplane_id) {
    auto channel = MakeChannel(
        {.address = "127.0.0.1:" + std::to_string(port_), .token = SecretString(token)});
    auto stub = usage::v1::UsageService::NewStub(*channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    usage::v1::ReportRequest request;
    request.set_dataplane_id(dataplane_id);
    usage::v1::ReportResponse response;
    auto status = stub->Report(&context, request, &response);
    if (!status.ok()) return Fail(FromGrpcStatus(status, context));
    return {};
  }

  int port_ = 0;
  GuardedService service_;
  LargeConfigService config_service_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(ChannelTest, CarriesTheTokenOverPlaintextLoopback) {
  EXPECT_TRUE(Report("right", "dp-1"));
  EXPECT_EQ(Report("wrong", "dp-1").error().message, "the dataplane token is wrong");
  EXPECT_EQ(Report("", "dp-1").error().kind, ErrorKind::kUnauthenticated);
}

TEST_F(ChannelTest, CarriesTheFieldOfAnError) {
  Error error = Report("right", "").error();
  EXPECT_EQ(error.kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(error.field, "dataplane_id");
  EXPECT_EQ(error.message, "is empty");
}

TEST_F(ChannelTest, AServerHoldsNoHugeRequestOfAStranger) {
  auto channel =
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port_), grpc::InsecureChannelCredentials());
  auto stub = usage::v1::UsageService::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  usage::v1::ReportRequest request;
  request.set_dataplane_id(std::string(kLargestRequestBytes, 'x'));
  usage::v1::ReportResponse response;
  // Not UNAUTHENTICATED: that would be said after all of it has been read.
  EXPECT_EQ(stub->Report(&context, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(ChannelTest, TakesALargeSnapshot) {
  auto channel = MakeChannel({.address = "127.0.0.1:" + std::to_string(port_)}).value();
  auto stub = config::v1::ConfigService::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  auto stream = stub->Stream(&context);
  config::v1::ControlplaneMessage message;
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.snapshot().client_key_hash_key().size(), LargeConfigService::kBytes);
}

TEST(MakeChannel, RefusesPlaintextToANetworkUnlessNamed) {
  EXPECT_EQ(MakeChannel({.address = "10.1.2.3:7400"}).error().field, "address");
  EXPECT_TRUE(MakeChannel({.address = "10.1.2.3:7400", .allow_insecure_plaintext = true}));
  EXPECT_TRUE(MakeChannel({.address = "10.1.2.3:7400", .transport = Transport::kTls}));
}

TEST(MakeChannel, NamesTheOptionThatIsWrong) {
  EXPECT_EQ(MakeChannel({.address = "nowhere"}).error().field, "address");
  EXPECT_EQ(MakeChannel({.address = "h:1", .transport = Transport::kTls, .ca_file = "/none"})
                .error()
                .field,
            "ca_file");
}

TEST(MakeServerCredentials, NeedsBothFilesAndPem) {
  EXPECT_EQ(MakeServerCredentials({"cert.pem", ""}).error().field, "tls-key");
  EXPECT_EQ(MakeServerCredentials({"", "key.pem"}).error().field, "tls-cert");
  std::string path = testing::TempDir() + "not_pem";
  std::ofstream(path) << "secret text";
  auto refused = MakeServerCredentials({path, path});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::rpc

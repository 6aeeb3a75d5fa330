#include "common/rpc/channel.h"

#include <grpcpp/server.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/rpc/bearer.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
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

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() {
    grpc::ServerBuilder builder;
    Configure(builder, {"127.0.0.1", 0}, MakeServerCredentials({}).value(), {}, &port_);
    builder.RegisterService(&service_);
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

#include "tests/integration/controlplane/controlplane_fixture.h"
#include "tests/support/test_ca.h"

namespace llmgw::controlplane {
namespace {

class TlsTest : public ControlplaneFixture {
 protected:
  void StartWithTls() {
    auto files = ca_.Issue();
    auto options = Options();
    options.tls_cert = files.certificate;
    options.tls_key = files.key;
    Start(options);
  }
  Result<admin::v1::GetStatusResponse> StatusThrough(rpc::ChannelOptions options) {
    options.address = app_->grpc_address();
    options.token = SecretString(AdminToken());
    auto stub = admin::v1::StatusService::NewStub(rpc::MakeChannel(options).value());
    return Call(*stub, &admin::v1::StatusService::Stub::GetStatus, admin::v1::GetStatusRequest());
  }

  test::TestCa ca_;
};

TEST_F(TlsTest, ServesThoseWhoTrustItsCa) {
  StartWithTls();
  rpc::ChannelOptions options;
  options.transport = rpc::Transport::kTls;
  options.ca_file = ca_.ca_file();
  auto status = StatusThrough(options);
  ASSERT_TRUE(status) << status.error().Describe();
  EXPECT_EQ(status->store_kind(), "sqlite");
}

TEST_F(TlsTest, ClientsRefuseACaTheyDoNotKnow) {
  StartWithTls();
  test::TestCa stranger;
  rpc::ChannelOptions options;
  options.transport = rpc::Transport::kTls;
  options.ca_file = stranger.ca_file();
  EXPECT_EQ(StatusThrough(options).error().kind, ErrorKind::kUnavailable);
}

TEST_F(TlsTest, PlaintextClientsGetNothing) {
  StartWithTls();
  EXPECT_EQ(StatusThrough({}).error().kind, ErrorKind::kUnavailable);
}

TEST_F(TlsTest, FilesThatAreNoPemAreRefusedByName) {
  auto options = Options();
  options.tls_cert = dir_.Write("cert", "nonsense");
  options.tls_key = dir_.Write("key", "nonsense");
  EXPECT_EQ(app::ControlplaneApp::Make(options).error().field, "tls-cert");
  options.tls_cert = "";
  EXPECT_EQ(app::ControlplaneApp::Make(options).error().field, "tls-cert");
}

}  // namespace
}  // namespace llmgw::controlplane

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/integration/controlplane/controlplane_fixture.h"

namespace llmgw::controlplane {
namespace {

using testing::HasSubstr;
using StartupTest = ControlplaneFixture;

TEST_F(StartupTest, AddressesFileExistsWhileItServes) {
  std::string path = app_->options().data_dir + "/addresses.json";
  auto addresses = nlohmann::json::parse(test::ReadFile(path));
  EXPECT_EQ(addresses["grpc"], app_->grpc_address());
  EXPECT_EQ(addresses["ops"], app_->ops_address());
  Stop();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(StartupTest, StateSurvivesARestart) {
  ASSERT_TRUE(CreateUpstream("openai"));
  std::string token = AdminToken();
  Stop();
  Start();
  EXPECT_EQ(AdminToken(), token);
  EXPECT_EQ(GetUpstream("openai")->upstream().name(), "openai");
  EXPECT_EQ(Revision(), 2u);
}

TEST_F(StartupTest, DeletedDefaultRouteDoesNotComeBack) {
  admin::v1::DeleteRouteRequest request;
  request.set_name("default");
  ASSERT_TRUE(Call(*routes_, &admin::v1::RouteService::Stub::DeleteRoute, request));
  Stop();
  Start();
  EXPECT_EQ(GetStatus()->routes(), 0u);
}

TEST_F(StartupTest, IsReadyWithADatabase) {
  int status = 0;
  ASSERT_TRUE(test::WaitFor([&] {
    Ops("/readyz", &status);
    return status == 200;
  }));
  EXPECT_THAT(Ops("/metrics"), HasSubstr("llmgw_config_revision 1"));
  EXPECT_THAT(Ops("/metrics"), HasSubstr("llmgw_build_info{program=\"llmgw-controlplane\""));
  app_->Drain();
  EXPECT_THAT(Ops("/readyz", &status), HasSubstr("stopping"));
  EXPECT_EQ(status, 503);
}

TEST_F(StartupTest, WaitsForADatabaseThatIsAway) {
  auto options = Options();
  options.data_dir = dir_.Path("other");
  options.database = SecretString("postgres://user:hunter2@127.0.0.1:1/none");
  Start(options);
  int status = 0;
  std::string reasons = Ops("/readyz", &status);
  EXPECT_EQ(status, 503);
  EXPECT_THAT(reasons, HasSubstr("away"));
  EXPECT_EQ(reasons.find("hunter2"), std::string::npos);
  EXPECT_EQ(GetUpstream("x").error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(CreateKey("x").error().kind, ErrorKind::kUnavailable);
  auto shown = GetStatus().value();
  EXPECT_FALSE(shown.store_ok());
  Ops("/livez", &status);
  EXPECT_EQ(status, 200);
  EXPECT_EQ(Ops("/config").find("hunter2"), std::string::npos);
}

TEST_F(StartupTest, AnotherSealingKeyIsRefused) {
  Stop();
  auto options = Options();
  options.sealing_key = SecretString(std::string(64, 'b'));
  auto started = app::ControlplaneApp::Make(options).value()->Start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("start with the sealing key of this database"));
}

TEST_F(StartupTest, PlaintextOnTheNetworkIsRefusedUnlessNamed) {
  auto options = Options();
  options.listen.host = "0.0.0.0";
  auto refused = app::ControlplaneApp::Make(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "listen");
  EXPECT_THAT(refused.error().message, HasSubstr("--insecure-listen-plaintext"));
  options.insecure_listen_plaintext = true;
  EXPECT_TRUE(app::ControlplaneApp::Make(options));
}

TEST_F(StartupTest, TakenPortIsAnErrorThatSaysSo) {
  auto options = Options();
  options.data_dir = dir_.Path("second");
  options.listen = daemon::ParseHostPort(app_->grpc_address()).value();
  auto second = app::ControlplaneApp::Make(options).value();
  auto started = second->Start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("can't listen on"));
}

TEST_F(StartupTest, TokenFileThatOthersCanReadIsRefused) {
  std::string path = app_->options().AdminTokenFile();
  Stop();
  std::filesystem::permissions(path, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  auto refused = app::ControlplaneApp::Make(Options());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("admin.token"));
}

}  // namespace
}  // namespace llmgw::controlplane

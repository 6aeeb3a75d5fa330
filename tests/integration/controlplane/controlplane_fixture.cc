#include "tests/integration/controlplane/controlplane_fixture.h"

#include <httplib.h>

namespace llmgw::controlplane {
namespace {

std::string FirstLine(const std::string& path) {
  std::string text = test::ReadFile(path);
  return text.substr(0, text.find('\n'));
}

}  // namespace

ControlplaneFixture::ControlplaneFixture() { Start(); }

app::AppOptions ControlplaneFixture::Options() const {
  app::AppOptions options;
  options.data_dir = dir_.Path("data");
  options.listen = {"127.0.0.1", 0};
  options.ops_listen = {"127.0.0.1", 0};
  return options;
}

void ControlplaneFixture::Start(const app::AppOptions& options) {
  app_.reset();
  auto made = app::ControlplaneApp::Make(options);
  ASSERT_TRUE(made) << made.error().Describe();
  app_ = std::move(*made);
  auto started = app_->Start();
  ASSERT_TRUE(started) << started.error().Describe();
  auto channel = Channel(AdminToken());
  upstreams_ = admin::v1::UpstreamService::NewStub(channel);
  routes_ = admin::v1::RouteService::NewStub(channel);
  levels_ = admin::v1::LevelService::NewStub(channel);
  keys_ = admin::v1::KeyService::NewStub(channel);
  access_ = admin::v1::AccessService::NewStub(channel);
  logs_ = admin::v1::LogService::NewStub(channel);
  dataplanes_ = admin::v1::DataplaneService::NewStub(channel);
  status_ = admin::v1::StatusService::NewStub(channel);
  audit_ = admin::v1::AuditService::NewStub(channel);
}

std::shared_ptr<grpc::Channel> ControlplaneFixture::Channel(const std::string& token) const {
  rpc::ChannelOptions options;
  options.address = app_->grpc_address();
  options.token = SecretString(token);
  return rpc::MakeChannel(options).value();
}

std::string ControlplaneFixture::AdminToken() const {
  return FirstLine(app_->options().AdminTokenFile());
}

std::string ControlplaneFixture::DataplaneToken() const {
  return FirstLine(app_->options().DataplaneTokenFile());
}

std::string ControlplaneFixture::Ops(const std::string& path, int* status) const {
  httplib::Client client("http://" + app_->ops_address());
  auto answer = client.Get(path);
  EXPECT_TRUE(answer) << path;
  if (!answer) return {};
  if (status != nullptr) *status = answer->status;
  return answer->body;
}

Result<admin::v1::UpstreamEntry> ControlplaneFixture::CreateUpstream(const std::string& name,
                                                                     const std::string& secret) {
  admin::v1::CreateUpstreamRequest request;
  request.mutable_upstream()->set_name(name);
  request.mutable_upstream()->set_endpoint("https://h.example/v1");
  request.mutable_upstream()->add_credentials()->set_secret(secret);
  return Call(*upstreams_, &admin::v1::UpstreamService::Stub::CreateUpstream, request);
}

Result<admin::v1::UpstreamEntry> ControlplaneFixture::GetUpstream(const std::string& name) {
  admin::v1::GetUpstreamRequest request;
  request.set_name(name);
  return Call(*upstreams_, &admin::v1::UpstreamService::Stub::GetUpstream, request);
}

Result<admin::v1::UpstreamEntry> ControlplaneFixture::UpdateUpstream(
    const config::v1::Upstream& upstream, uint64_t expected_revision) {
  admin::v1::UpdateUpstreamRequest request;
  *request.mutable_upstream() = upstream;
  request.set_expected_revision(expected_revision);
  return Call(*upstreams_, &admin::v1::UpstreamService::Stub::UpdateUpstream, request);
}

Result<admin::v1::CreateKeyResponse> ControlplaneFixture::CreateKey(const std::string& name,
                                                                    const std::string& token) {
  admin::v1::CreateKeyRequest request;
  request.mutable_key()->set_name(name);
  request.set_token(token);
  return Call(*keys_, &admin::v1::KeyService::Stub::CreateKey, request);
}

Result<admin::v1::RouteEntry> ControlplaneFixture::CreateRoute(const config::v1::Route& route) {
  admin::v1::CreateRouteRequest request;
  *request.mutable_route() = route;
  return Call(*routes_, &admin::v1::RouteService::Stub::CreateRoute, request);
}

Result<admin::v1::GetStatusResponse> ControlplaneFixture::GetStatus() {
  return Call(*status_, &admin::v1::StatusService::Stub::GetStatus, admin::v1::GetStatusRequest());
}

}  // namespace llmgw::controlplane

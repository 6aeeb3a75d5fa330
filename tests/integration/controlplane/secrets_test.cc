#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <future>
#include <sstream>

#include "llmgw/config/v1/config_service.grpc.pb.h"
#include "llmgw/usage/v1/usage_service.grpc.pb.h"
#include "tests/integration/controlplane/controlplane_fixture.h"
#include "tests/support/test_ca.h"

namespace llmgw::controlplane {
namespace {

using testing::HasSubstr;
using testing::Not;

// Every method of every service that a controlplane has, as "/package.Service/Method".
std::vector<std::string> AllMethods() {
  std::vector<std::string> methods;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (auto file_name : {"upstream_service", "route_service", "level_service", "key_service",
                         "access_service", "log_service", "system_service"}) {
    const auto* file = pool->FindFileByName("llmgw/admin/v1/" + std::string(file_name) + ".proto");
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back("/" + file->service(s)->full_name() + "/" +
                          file->service(s)->method(m)->name());
      }
    }
  }
  methods.emplace_back("/llmgw.config.v1.ConfigService/Stream");
  methods.emplace_back("/llmgw.usage.v1.UsageService/Report");
  return methods;
}

class SecretsTest : public ControlplaneFixture {
 protected:
  grpc::Status CallRaw(const std::string& method, const std::string& token) {
    grpc::GenericStub stub(Channel(token));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + test::kPatience);
    grpc::ByteBuffer request, response;
    grpc::Slice empty;
    request = grpc::ByteBuffer(&empty, 1);
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response,
                   [&](grpc::Status status) { done.set_value(std::move(status)); });
    return done.get_future().get();
  }
};

TEST_F(SecretsTest, EveryMethodRefusesCallersWithoutTheRightToken) {
  auto methods = AllMethods();
  EXPECT_GT(methods.size(), 30u);
  for (const auto& method : methods) {
    bool admin = method.find("/llmgw.admin.v1.") == 0;
    for (const std::string& token : {std::string(), std::string("wrong-token-0123456789"),
                                     admin ? DataplaneToken() : AdminToken()}) {
      EXPECT_EQ(CallRaw(method, token).error_code(), grpc::StatusCode::UNAUTHENTICATED) << method;
    }
  }
}

TEST_F(SecretsTest, SecretsAreInNoAnswerNoLogNoAuditAndNotInTheDatabase) {
  auto log = std::make_shared<std::ostringstream>();
  auto before = spdlog::default_logger();
  auto logger = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(*log));
  logger->set_level(spdlog::level::trace);
  spdlog::set_default_logger(logger);

  const std::string secret = "sk-hunter2-0123456789-WXYZ";
  std::string answers;
  auto keep = [&](const auto& answer) {
    ASSERT_TRUE(answer) << answer.error().Describe();
    answers += answer->DebugString();
  };
  auto created = CreateUpstream("openai", secret);
  keep(created);
  auto upstream = created->upstream();
  upstream.mutable_credentials(0)->set_secret(secret + "-2");
  auto& outbound = *upstream.mutable_outbound();
  outbound.set_proxy("http://proxy.example.com:3128");
  outbound.set_proxy_user("user");
  outbound.add_secrets()->set_id("proxy_password");
  outbound.mutable_secrets(0)->set_secret("a-password-hunter2-of-the-proxy");
  keep(UpdateUpstream(upstream, created->meta().revision()));
  keep(GetUpstream("openai"));
  keep(Call(*upstreams_, &admin::v1::UpstreamService::Stub::ListUpstreams,
            admin::v1::ListUpstreamsRequest()));
  auto key = CreateKey("app").value();
  const std::string token = key.token();
  answers += key.entry().DebugString();
  keep(CreateKey("given", "given-token-hunter3-0123"));
  keep(Call(*keys_, &admin::v1::KeyService::Stub::ListKeys, admin::v1::ListKeysRequest()));
  admin::v1::RevokeKeyRequest revoke;
  revoke.set_id_or_name("app");
  keep(Call(*keys_, &admin::v1::KeyService::Stub::RevokeKey, revoke));
  keep(Call(*audit_, &admin::v1::AuditService::Stub::ListAuditEntries,
            admin::v1::ListAuditEntriesRequest()));
  keep(GetStatus());
  // Refusals must not quote what they refuse.
  answers += CreateUpstream("bad", "hunter2 with a space").error().Describe();
  answers += CreateKey("bad", "hunter2 with a space").error().Describe();
  std::string places = answers + Ops("/config") + Ops("/metrics") + Ops("/readyz");
  app_->Stop();
  spdlog::set_default_logger(before);
  places += log->str();

  for (const auto& leak :
       {std::string("hunter2"), std::string("hunter3"), token, std::string("hash:")}) {
    EXPECT_THAT(places, Not(HasSubstr(leak)));
  }
  std::string files = test::ReadTree(dir_.path());
  EXPECT_THAT(files, Not(HasSubstr("hunter2")));
  EXPECT_THAT(files, Not(HasSubstr(token)));
  EXPECT_THAT(log->str(), HasSubstr("create upstream 'openai'"));
}

TEST_F(SecretsTest, UpdateWithAnEmptySecretKeepsTheStoredOne) {
  auto created = CreateUpstream("openai", "sk-hunter2-0123456789-WXYZ").value();
  auto upstream = created.upstream();
  upstream.set_endpoint("https://other.example");
  auto updated = UpdateUpstream(upstream, created.meta().revision()).value();
  EXPECT_EQ(updated.upstream().credentials(0).hint(), "WXYZ");
  upstream.mutable_credentials(0)->set_id("unknown");
  auto refused = UpdateUpstream(upstream, updated.meta().revision());
  EXPECT_EQ(refused.error().field, "upstreams[openai].credentials[0].secret");
  upstream.mutable_credentials(0)->set_secret_env("HOME");
  EXPECT_EQ(UpdateUpstream(upstream, updated.meta().revision()).error().field,
            "upstreams[openai].credentials[0].secret_env");
}

// A new certificate must be that of the private key, whether the key came with it or was stored.
TEST_F(SecretsTest, AClientCertificateIsHeldAgainstTheKeyThatIsKept) {
  const test::TestCa ca;
  const test::CertificateFiles files = ca.IssueFor("client", "DNS:client.test");
  auto created = CreateUpstream("openai", "sk-hunter2-0123456789-WXYZ").value();
  auto upstream = created.upstream();
  auto& outbound = *upstream.mutable_outbound();
  outbound.set_client_certificate_pem(test::ReadFile(files.certificate));
  outbound.add_secrets()->set_id("client_key");
  outbound.mutable_secrets(0)->set_secret(test::ReadFile(files.key));
  auto updated = UpdateUpstream(upstream, created.meta().revision()).value();
  EXPECT_EQ(updated.upstream().outbound().secrets(0).secret(), "");
  EXPECT_EQ(updated.upstream().outbound().secrets(0).hint(), "");
  upstream = updated.upstream();
  upstream.set_retries(1);
  updated = UpdateUpstream(upstream, updated.meta().revision()).value();
  const auto other = ca.IssueFor("other", "DNS:other.test");
  upstream.mutable_outbound()->set_client_certificate_pem(test::ReadFile(other.certificate));
  EXPECT_EQ(UpdateUpstream(upstream, updated.meta().revision()).error().field,
            "upstreams[openai].outbound.client_certificate_pem");
}

TEST_F(SecretsTest, FilesOfTheFirstStartArePrivate) {
  for (auto name : {"admin.token", "dataplane.token", "sealing.key"}) {
    auto mode = std::filesystem::status(dir_.path() / "data" / name).permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << name;
  }
}

}  // namespace
}  // namespace llmgw::controlplane

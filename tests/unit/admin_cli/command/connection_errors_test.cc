#include <gmock/gmock.h>

#include "tests/unit/admin_cli/cli_fixture.h"

// Every failure to get through says what to do next.
namespace llmgw::admin_cli {
namespace {

using testing::HasSubstr;

class ConnectionErrorsTest : public CliTest {};

TEST_F(ConnectionErrorsTest, ARefusedConnectionNamesTheAddressAndHowToStart) {
  server.Stop();
  const Seen seen = Run({"upstream", "list"});
  EXPECT_EQ(seen.code, ExitCode::kUnavailable);
  EXPECT_THAT(seen.err, HasSubstr("can't reach the controlplane at " + server.address()));
  EXPECT_THAT(seen.err, HasSubstr("llmgw-controlplane"));
  EXPECT_THAT(seen.err, HasSubstr("LLMGW_CONTROLPLANE"));
}

TEST_F(ConnectionErrorsTest, AMissingTokenSaysWhereItComesFrom) {
  server.list_upstreams.Fails(grpc::StatusCode::UNAUTHENTICATED, "the admin token is missing");
  const Seen seen = Run({"upstream", "list"});
  EXPECT_EQ(seen.code, ExitCode::kDenied);
  EXPECT_THAT(seen.err, HasSubstr("--token-file"));
  EXPECT_THAT(seen.err, HasSubstr("admin.token"));
}

TEST_F(ConnectionErrorsTest, ATokenOfAProfileForAnotherAddressIsNamed) {
  server.list_upstreams.Fails(grpc::StatusCode::UNAUTHENTICATED, "the admin token is missing");
  ASSERT_EQ(RunPlain({"profile", "add", "prod", "--controlplane", "prod:7400", "--token-file",
                      WriteFile("prod.token", "secret")})
                .code,
            ExitCode::kOk);
  EXPECT_THAT(Run({"upstream", "list"}).err, HasSubstr("token of profile prod"));
}

TEST_F(ConnectionErrorsTest, AWrongTokenSaysWhichOneItWas) {
  server.list_upstreams.Fails(grpc::StatusCode::UNAUTHENTICATED, "the admin token is wrong");
  env["LLMGW_TOKEN"] = "not-the-token";
  const Seen seen = Run({"upstream", "list"});
  EXPECT_EQ(seen.code, ExitCode::kDenied);
  EXPECT_THAT(seen.err, HasSubstr("came from LLMGW_TOKEN"));
  EXPECT_EQ(seen.err.find("not-the-token"), std::string::npos);
}

TEST_F(ConnectionErrorsTest, AStoreThatIsAwayIsNotTakenForTheControlplane) {
  server.list_upstreams.Fails(grpc::StatusCode::UNAVAILABLE, "the store is away");
  const Seen seen = Run({"upstream", "list"});
  EXPECT_EQ(seen.code, ExitCode::kUnavailable);
  EXPECT_EQ(seen.err, "llmctl: the store is away\n");
}

TEST_F(ConnectionErrorsTest, PlaintextToAnotherMachineIsRefusedUnlessAllowed) {
  const Seen seen = RunPlain({"upstream", "list", "--controlplane", "192.0.2.1:7400"});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_THAT(seen.err, HasSubstr("--insecure"));
}

TEST_F(ConnectionErrorsTest, AnAddressWithoutAPortIsNamed) {
  const Seen seen = RunPlain({"upstream", "list", "--controlplane", "localhost"});
  EXPECT_EQ(seen.code, ExitCode::kUsage);
  EXPECT_THAT(seen.err, HasSubstr("controlplane: "));
}

TEST_F(ConnectionErrorsTest, ASilentServerIsLeftAfterTheTimeout) {
  server.list_upstreams.Answers(
      [](const admin::v1::ListUpstreamsRequest&, admin::v1::ListUpstreamsResponse*) {
        return grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "");
      });
  const Seen seen = Run({"upstream", "list", "--timeout", "2s"});
  EXPECT_EQ(seen.code, ExitCode::kUnavailable);
  EXPECT_THAT(seen.err, HasSubstr("within 2s"));
}

}  // namespace
}  // namespace llmgw::admin_cli

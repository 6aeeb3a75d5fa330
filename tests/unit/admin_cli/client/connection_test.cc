#include "admin-cli/client/connection.h"

#include <filesystem>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

class ConnectionTest : public CliTest {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(folder);
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  Result<Connection> Resolve() {
    return ResolveConnection(globals, profile,
                             [this](const std::string& name) -> std::optional<std::string> {
                               auto it = env.find(name);
                               if (it == env.end()) return std::nullopt;
                               return it->second;
                             });
  }

  void PutLocalToken() {
    std::filesystem::create_directories("data/controlplane");
    WriteFile("data/controlplane/admin.token", "local\n");
  }

  Globals globals;
  Profile profile;

 private:
  std::filesystem::path before_;
};

TEST_F(ConnectionTest, TakesTheAddressFromFlagThenEnvironmentThenProfileThenDefault) {
  EXPECT_EQ(Resolve()->address, "127.0.0.1:7400");
  profile.controlplane = "profile:1";
  EXPECT_EQ(Resolve()->address, "profile:1");
  env["LLMGW_CONTROLPLANE"] = "env:1";
  EXPECT_EQ(Resolve()->address, "env:1");
  globals.controlplane = "flag:1";
  EXPECT_EQ(Resolve()->address, "flag:1");
}

TEST_F(ConnectionTest, TakesTheTokenFromTheStrongestSource) {
  PutLocalToken();
  EXPECT_EQ(Resolve()->token.Reveal(), "local");
  profile.token_file = WriteFile("p", "profile");
  EXPECT_EQ(Resolve()->token.Reveal(), "profile");
  env["LLMGW_TOKEN_FILE"] = WriteFile("e", "env-file");
  EXPECT_EQ(Resolve()->token.Reveal(), "env-file");
  env["LLMGW_TOKEN"] = "env";
  EXPECT_EQ(Resolve()->token.Reveal(), "env");
  globals.token_file = WriteFile("f", "flag");
  EXPECT_EQ(Resolve()->token.Reveal(), "flag");
}

TEST_F(ConnectionTest, GivesTheLocalTokenOnlyToLoopback) {
  PutLocalToken();
  globals.controlplane = "cp.example.com:7400";
  EXPECT_TRUE(Resolve()->token.empty());
}

TEST_F(ConnectionTest, KeepsWhatAProfileSaysForItsOwnAddress) {
  profile.name = "prod";
  profile.controlplane = "prod:7400";
  profile.token_file = WriteFile("p", "profile");
  profile.ca = "/ca.pem";
  profile.server_name = "prod.internal";
  profile.tls = true;
  profile.insecure = true;
  globals.controlplane = "prod:7400";
  EXPECT_EQ(Resolve()->token.Reveal(), "profile");
  EXPECT_EQ(Resolve()->ca_file, "/ca.pem");
  EXPECT_EQ(Resolve()->passed_over, "");

  globals.controlplane = "other:7400";
  const auto other = Resolve();
  ASSERT_TRUE(other);
  EXPECT_TRUE(other->token.empty());
  EXPECT_EQ(other->passed_over, "prod");
  EXPECT_EQ(other->ca_file, "");
  EXPECT_EQ(other->server_name, "");
  EXPECT_FALSE(other->tls);
  EXPECT_FALSE(other->insecure);

  globals.controlplane.clear();
  env["LLMGW_CONTROLPLANE"] = "127.0.0.1:7400";
  EXPECT_TRUE(Resolve()->token.empty());
  globals.token_file = WriteFile("f", "flag");
  globals.ca = "/own.pem";
  EXPECT_EQ(Resolve()->token.Reveal(), "flag");
  EXPECT_EQ(Resolve()->ca_file, "/own.pem");
}

TEST_F(ConnectionTest, HasNoTokenWhenNothingNamesOne) {
  auto connection = Resolve();
  ASSERT_TRUE(connection);
  EXPECT_TRUE(connection->token.empty());
  EXPECT_TRUE(connection->token_source.empty());
}

TEST_F(ConnectionTest, SaysWhoNamedATokenFileThatIsMissing) {
  env["LLMGW_TOKEN_FILE"] = folder + "/absent";
  auto connection = Resolve();
  ASSERT_FALSE(connection);
  EXPECT_NE(connection.error().message.find("LLMGW_TOKEN_FILE"), std::string::npos);
}

TEST_F(ConnectionTest, TurnsTlsOnForACa) {
  globals.ca = "/x";
  EXPECT_TRUE(Resolve()->tls);
}

}  // namespace
}  // namespace llmgw::admin_cli

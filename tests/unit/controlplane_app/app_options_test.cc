#include "controlplane/app/app_options.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <sstream>

#include "controlplane/app/startup_summary.h"
#include "tests/support/temp_dir.h"

namespace llmgw::controlplane::app {
namespace {

using testing::HasSubstr;
using testing::Not;

class AppOptionsTest : public testing::Test {
 protected:
  ~AppOptionsTest() override {
    unsetenv("LLMGW_DATABASE");
    unsetenv("LLMGW_SEALING_KEY");
  }
  std::optional<int> Parse(std::vector<std::string> arguments) {
    parser_ = std::make_unique<AppOptionsParser>();
    out_.str("");
    err_.str("");
    return parser_->Parse(std::move(arguments), out_, err_);
  }
  const AppOptions& Options() const { return parser_->options(); }

  std::unique_ptr<AppOptionsParser> parser_;
  std::ostringstream out_, err_;
  test::TempDir dir_;
};

TEST_F(AppOptionsTest, DefaultsListenOnLoopbackAndKeepEverythingInTheDataDir) {
  EXPECT_EQ(Parse({"--data-dir", "/d"}), std::nullopt) << err_.str();
  EXPECT_EQ(Options().listen.ToString(), "127.0.0.1:7400");
  EXPECT_EQ(Options().ops_listen.ToString(), "127.0.0.1:7401");
  EXPECT_EQ(Options().DatabaseUrl(), "sqlite:/d/controlplane.db");
  EXPECT_EQ(Options().SealingKeyFile(), "/d/sealing.key");
}

TEST_F(AppOptionsTest, PlaintextOnTheNetworkNeedsItsName) {
  EXPECT_EQ(Parse({"--listen", "0.0.0.0:7400"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--listen"));
  EXPECT_THAT(err_.str(), HasSubstr("--tls-cert"));
  EXPECT_EQ(Parse({"--listen", "0.0.0.0:7400", "--insecure-listen-plaintext"}), std::nullopt);
}

TEST_F(AppOptionsTest, WarnsOfAPasswordInTheArguments) {
  const std::string secret = "postgres://user:hunter2@db/llmgw";
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--database", secret},
        std::vector<std::string>{"--database=" + secret},
        std::vector<std::string>{"--database", "postgres://db/llmgw?password=hunter2"}}) {
    ASSERT_EQ(Parse(arguments), std::nullopt) << err_.str();
    const auto warnings = ProtectionsOffByOptions(Options());
    ASSERT_EQ(warnings.size(), 1u) << arguments[0];
    EXPECT_THAT(warnings[0], HasSubstr("LLMGW_DATABASE"));
    EXPECT_THAT(warnings[0], Not(HasSubstr("hunter2")));
  }
  for (const char* harmless :
       {"postgres://user@db:5432/llmgw", "postgres://db:5432/a@b:c", "sqlite:/d/a:b@c"}) {
    ASSERT_EQ(Parse({"--database", harmless}), std::nullopt) << err_.str();
    EXPECT_TRUE(ProtectionsOffByOptions(Options()).empty()) << harmless;
  }
  setenv("LLMGW_DATABASE", secret.c_str(), 1);
  ASSERT_EQ(Parse({}), std::nullopt) << err_.str();
  EXPECT_TRUE(ProtectionsOffByOptions(Options()).empty());
}

TEST_F(AppOptionsTest, PasswordOfTheDatabaseIsNeverShown) {
  setenv("LLMGW_DATABASE", "postgres://user:hunter2@db/llmgw", 1);
  EXPECT_EQ(Parse({}), std::nullopt) << err_.str();
  EXPECT_EQ(Options().DatabaseUrl(), "postgres://user:hunter2@db/llmgw");
  EXPECT_THAT(Options().ToJson(), Not(HasSubstr("hunter2")));
  setenv("LLMGW_DATABASE", "mysql://user:hunter2@db/llmgw", 1);
  EXPECT_EQ(Parse({}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--database: must be sqlite:PATH or postgres://"));
  EXPECT_THAT(err_.str(), Not(HasSubstr("hunter2")));
  EXPECT_EQ(Parse({"--help"}), 0);
  EXPECT_THAT(out_.str(), Not(HasSubstr("hunter2")));
  EXPECT_THAT(out_.str(), HasSubstr("LLMGW_DATABASE or the YAML file"));
}

TEST_F(AppOptionsTest, BadSealingKeyOfTheEnvironmentIsRefusedWithoutQuotingIt) {
  setenv("LLMGW_SEALING_KEY", "hunter2", 1);
  EXPECT_EQ(Parse({"--check-config"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("LLMGW_SEALING_KEY"));
  EXPECT_THAT(err_.str(), Not(HasSubstr("hunter2")));
}

TEST_F(AppOptionsTest, TlsNeedsBothFiles) {
  EXPECT_EQ(Parse({"--tls-cert", "/nonexistent"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--tls-key: is needed together"));
}

TEST_F(AppOptionsTest, YamlGivesEverything) {
  std::string file = dir_.Write("c.yaml", "listen: '[::1]:1'\ndatabase: sqlite:/x.db\n");
  EXPECT_EQ(Parse({"--config", file, "--check-config"}), 0) << err_.str();
  EXPECT_EQ(Options().listen.ToString(), "[::1]:1");
  EXPECT_EQ(Options().DatabaseUrl(), "sqlite:/x.db");
}

}  // namespace
}  // namespace llmgw::controlplane::app

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using testing::HasSubstr;

class ProfileTest : public CliTest {
 protected:
  std::string Current() {
    const auto document = nlohmann::json::parse(RunPlain({"profile", "list", "-o", "json"}).out);
    for (const auto& profile : document["profiles"]) {
      if (profile["current"] == true) return profile["name"];
    }
    return "";
  }
};

TEST_F(ProfileTest, TheFirstIsUsedAndAnotherOnDemand) {
  ASSERT_EQ(RunPlain({"profile", "add", "a", "--controlplane", "127.0.0.1:1"}).code, ExitCode::kOk);
  ASSERT_EQ(RunPlain({"profile", "add", "b", "--controlplane", server.address()}).code,
            ExitCode::kOk);
  EXPECT_EQ(Current(), "a");
  EXPECT_EQ(RunPlain({"upstream", "list"}).code, ExitCode::kUnavailable);
  EXPECT_EQ(RunPlain({"upstream", "list", "--profile", "b"}).code, ExitCode::kOk);
  env["LLMGW_PROFILE"] = "b";
  EXPECT_EQ(RunPlain({"upstream", "list"}).code, ExitCode::kOk);
  env.erase("LLMGW_PROFILE");
  ASSERT_EQ(RunPlain({"profile", "use", "b"}).code, ExitCode::kOk);
  EXPECT_EQ(RunPlain({"upstream", "list"}).code, ExitCode::kOk);
}

TEST_F(ProfileTest, SendsTheTokenOfItsFile) {
  const std::string token = WriteFile("admin.token", "the-token\n");
  ASSERT_EQ(
      RunPlain({"profile", "add", "a", "--controlplane", server.address(), "--token-file", token})
          .code,
      ExitCode::kOk);
  ASSERT_EQ(RunPlain({"upstream", "list"}).code, ExitCode::kOk);
  EXPECT_EQ(server.list_upstreams.metadata("authorization"), "Bearer the-token");
}

TEST_F(ProfileTest, KeepsPathsThatWorkFromEveryFolder) {
  ASSERT_EQ(RunPlain({"profile", "add", "a", "--controlplane", "127.0.0.1:1", "--token-file",
                      "relative.token"})
                .code,
            ExitCode::kOk);
  const auto profiles = nlohmann::json::parse(RunPlain({"profile", "list", "-o", "json"}).out);
  EXPECT_TRUE(profiles["profiles"][0]["token_file"].get<std::string>().starts_with('/'));
}

TEST_F(ProfileTest, OfAnUnknownNameIsNotFoundWithTheNearest) {
  RunPlain({"profile", "add", "production", "--controlplane", "127.0.0.1:1"});
  const Seen seen = RunPlain({"status", "--profile", "prodution"});
  EXPECT_EQ(seen.code, ExitCode::kNotFound);
  EXPECT_THAT(seen.err, HasSubstr("did you mean 'production'?"));
  EXPECT_EQ(RunPlain({"profile", "use", "x"}).code, ExitCode::kNotFound);
  EXPECT_EQ(RunPlain({"profile", "remove", "x"}).code, ExitCode::kNotFound);
}

TEST_F(ProfileTest, NeedsSomethingToPointAt) {
  EXPECT_EQ(RunPlain({"profile", "add", "a"}).code, ExitCode::kUsage);
  EXPECT_EQ(RunPlain({"profile", "add", "a", "--controlplane", "no-port"}).code, ExitCode::kUsage);
  EXPECT_EQ(RunPlain({"profile", "add", "Not a name", "--controlplane", "x:1"}).code,
            ExitCode::kUsage);
}

TEST_F(ProfileTest, IsForgottenWhenRemoved) {
  RunPlain({"profile", "add", "a", "--controlplane", "127.0.0.1:1"});
  ASSERT_EQ(RunPlain({"profile", "remove", "a"}).code, ExitCode::kOk);
  EXPECT_EQ(Current(), "");
}

}  // namespace
}  // namespace llmgw::admin_cli

#include "admin-cli/input/secret_source.h"

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

using Kind = SecretSource::Kind;

class SecretSourceTest : public CliTest {
 protected:
  Result<SecretString> Read(Kind kind, const std::string& where) {
    std::istringstream in(input);
    std::ostringstream out;
    IoStreams io{in, out, out};
    auto lookup = [this](const std::string& name) -> std::optional<std::string> {
      auto it = env.find(name);
      if (it == env.end()) return std::nullopt;
      return it->second;
    };
    return ReadSecret({kind, where}, lookup, io);
  }
};

TEST_F(SecretSourceTest, DropsWhiteSpaceAroundTheSecret) {
  env["KEY"] = " sk-1 \n";
  input = "sk-2\r\n";
  EXPECT_EQ(Read(Kind::kEnv, "KEY")->Reveal(), "sk-1");
  EXPECT_EQ(Read(Kind::kStdin, "")->Reveal(), "sk-2");
  EXPECT_EQ(Read(Kind::kFile, WriteFile("k", "sk-3\n"))->Reveal(), "sk-3");
}

TEST_F(SecretSourceTest, NamesAVariableThatIsNotSet) {
  auto secret = Read(Kind::kEnv, "OPENAI_API_KEY");
  ASSERT_FALSE(secret);
  EXPECT_NE(secret.error().message.find("OPENAI_API_KEY"), std::string::npos);
}

TEST_F(SecretSourceTest, DoesNotRepeatASecretThatStandsWhereAVariableBelongs) {
  auto secret = Read(Kind::kEnv, "sk-real-secret");
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().message.find("sk-real-secret"), std::string::npos);
}

TEST_F(SecretSourceTest, RefusesEmptyAndHugeFilesAndFolders) {
  EXPECT_FALSE(Read(Kind::kFile, WriteFile("empty", " \n")));
  EXPECT_FALSE(Read(Kind::kFile, WriteFile("huge", std::string(70'000, 'x'))));
  EXPECT_FALSE(Read(Kind::kFile, folder));
  EXPECT_EQ(Read(Kind::kFile, folder + "/absent").error().kind, ErrorKind::kNotFound);
}

TEST_F(SecretSourceTest, KnowsVariablesFromFilesByTheirPrefix) {
  EXPECT_EQ(ParseSecretSource("env:A")->where, "A");
  EXPECT_EQ(ParseSecretSource("file:/x/y")->where, "/x/y");
  auto wrong = ParseSecretSource("sk-real-secret");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message.find("sk-real-secret"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::admin_cli

#include "admin-cli/client/profiles.h"

#include <sys/stat.h>

#include "tests/unit/admin_cli/cli_fixture.h"

namespace llmgw::admin_cli {
namespace {

class ProfilesTest : public CliTest {
 protected:
  ProfileStore Store() { return ProfileStore(folder + "/config/llmgw/profiles.yaml"); }
};

TEST_F(ProfilesTest, AreNoneWithoutAFile) {
  auto set = Store().Load();
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->profiles.empty());
}

TEST_F(ProfilesTest, SurviveASaveAndALoad) {
  ProfileSet set;
  set.current = "prod";
  set.profiles["prod"] = {
      "prod",        "cp.example.com:7400",     true, false,      "/etc/ca.pem", "cp",
      "/root/token", "https://llm.example.com", "",   "/root/key"};
  set.profiles["local"].name = "local";
  set.profiles["local"].controlplane = "127.0.0.1:7400";
  ASSERT_TRUE(Store().Save(set));
  auto back = Store().Load();
  ASSERT_TRUE(back) << back.error().Describe();
  EXPECT_EQ(back->current, "prod");
  EXPECT_EQ(back->profiles, set.profiles);
}

TEST_F(ProfilesTest, AreReadableOnlyByTheirOwner) {
  ASSERT_TRUE(Store().Save({}));
  struct stat file {
  }, dir{};
  ASSERT_EQ(::stat(Store().path().c_str(), &file), 0);
  ASSERT_EQ(::stat((folder + "/config/llmgw").c_str(), &dir), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  EXPECT_EQ(dir.st_mode & 0777, 0700u);
}

TEST_F(ProfilesTest, NameAnUnknownField) {
  ProfileStore store(WriteFile("p.yaml", "profiles:\n  a:\n    controlplan: x\n"));
  auto set = store.Load();
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().field, "profiles[a].controlplan");
  EXPECT_NE(set.error().message.find("'controlplane'"), std::string::npos);
}

TEST_F(ProfilesTest, LiveUnderXdgConfigHomeOrHome) {
  EXPECT_EQ(ProfilePath([](const std::string& name) -> std::optional<std::string> {
              return name == "HOME" ? std::optional<std::string>("/home/a") : std::nullopt;
            }),
            "/home/a/.config/llmgw/profiles.yaml");
  EXPECT_EQ(ProfilePath([](const std::string&) { return std::optional<std::string>("/x"); }),
            "/x/llmgw/profiles.yaml");
}

}  // namespace
}  // namespace llmgw::admin_cli

#include "common/crypto/private_file.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>

#include "tests/support/temp_dir.h"

namespace llmgw::crypto {
namespace {

SecretString Make() { return SecretString("made\n"); }

TEST(PrivateFile, IsReadWhole) {
  test::TempDir dir;
  EXPECT_EQ(ReadPrivateFile(dir.Write("f", "secret\n"))->Reveal(), "secret\n");
}

TEST(PrivateFile, IsRefusedWhenOthersCanOpenIt) {
  test::TempDir dir;
  const std::string path = dir.Write("f", "hunter2");
  for (mode_t mode : {0640, 0604, 0620, 0666}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    auto read = ReadPrivateFile(path);
    ASSERT_FALSE(read) << mode;
    EXPECT_EQ(read.error().kind, ErrorKind::kPermissionDenied);
    EXPECT_NE(read.error().message.find("chmod 600 " + path), std::string::npos);
    EXPECT_EQ(read.error().message.find("hunter2"), std::string::npos);
    EXPECT_FALSE(LoadOrCreatePrivateFile(path, Make)) << "an open file must not be replaced";
  }
}

TEST(PrivateFile, MustBeARegularFile) {
  test::TempDir dir;
  EXPECT_FALSE(ReadPrivateFile(dir.path().string()));
  ASSERT_EQ(mkfifo(dir.Path("pipe").c_str(), 0600), 0);
  EXPECT_FALSE(ReadPrivateFile(dir.Path("pipe")));
}

TEST(PrivateFile, ThatIsMissingIsNotFound) {
  test::TempDir dir;
  EXPECT_EQ(ReadPrivateFile(dir.Path("none")).error().kind, ErrorKind::kNotFound);
}

TEST(PrivateFile, IsMadeWithoutLeavingOthersBehind) {
  test::TempDir dir;
  EXPECT_EQ(LoadOrCreatePrivateFile(dir.Path("f"), Make)->Reveal(), "made\n");
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    ++files;
  }
  EXPECT_EQ(files, 1u);
  EXPECT_EQ(test::ReadFile(dir.Path("f")), "made\n");
}

TEST(PrivateFile, NeedsItsFolder) {
  test::TempDir dir;
  auto made = LoadOrCreatePrivateFile(dir.Path("no/such/f"), Make);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("no/such/f"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::crypto

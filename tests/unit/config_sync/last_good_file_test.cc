#include "dataplane/config_sync/last_good_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "tests/unit/config_sync/test_config.h"

namespace llmgw::config_sync {
namespace {

class LastGoodFileTest : public testing::Test {
 protected:
  std::string Content() const {
    std::ifstream in(file_.path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void Overwrite(const std::string& content) const {
    std::ofstream(file_.path(), std::ios::binary) << content;
  }
  std::string LoadError(const LastGoodFile& file) const {
    const auto loaded = file.Load();
    return loaded ? "(loaded)" : loaded.error().message;
  }

  TemporaryFolder folder_;
  SecretString token_{"dataplane-token-1"};
  LastGoodFile file_{folder_.File("last-good"), token_};
  ConfigState state_ = ConfigState::FromSnapshot(7, MakeSnapshot());
};

TEST_F(LastGoodFileTest, GivesBackWhatWasSaved) {
  ASSERT_TRUE(file_.Save(state_));
  const auto loaded = LastGoodFile(file_.path(), token_).Load();
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_TRUE(*loaded);
  EXPECT_EQ((*loaded)->revision(), 7u);
  EXPECT_EQ((*SnapshotView(**loaded)).SerializeAsString(), MakeSnapshot().SerializeAsString());
}

TEST_F(LastGoodFileTest, NoFileIsNoError) {
  const auto loaded = file_.Load();
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(*loaded);
}

TEST_F(LastGoodFileTest, ShowsNoSecretAndIsForTheOwnerOnly) {
  ASSERT_TRUE(file_.Save(state_));
  EXPECT_EQ(Content().find("sk-secret"), std::string::npos);
  EXPECT_EQ(Content().find("openai"), std::string::npos);
  struct stat info;
  ASSERT_EQ(stat(file_.path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(LastGoodFileTest, ASecondSaveReplacesTheFirstAndLeavesNothingBeside) {
  ASSERT_TRUE(file_.Save(state_));
  std::ofstream(file_.path() + ".new") << "left by a crash";
  ASSERT_TRUE(file_.Save(ConfigState::FromSnapshot(8, MakeSnapshot())));
  EXPECT_EQ((*file_.Load())->revision(), 8u);
  EXPECT_FALSE(std::filesystem::exists(file_.path() + ".new"));
}

TEST_F(LastGoodFileTest, EveryShorterFileIsRefused) {
  ASSERT_TRUE(file_.Save(state_));
  const std::string content = Content();
  for (size_t size = 0; size < content.size(); size += 7) {
    Overwrite(content.substr(0, size));
    EXPECT_FALSE(file_.Load()) << size;
  }
}

TEST_F(LastGoodFileTest, EveryChangedByteIsNoticed) {
  ASSERT_TRUE(file_.Save(state_));
  const std::string content = Content();
  for (size_t i = 0; i < content.size(); i += 3) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    Overwrite(changed);
    EXPECT_FALSE(file_.Load()) << i;
  }
}

TEST_F(LastGoodFileTest, AnotherTokenCannotReadItAndSaysSo) {
  ASSERT_TRUE(file_.Save(state_));
  EXPECT_NE(LoadError(LastGoodFile(file_.path(), SecretString("another")))
                .find("another dataplane token"),
            std::string::npos);
}

TEST_F(LastGoodFileTest, SaysWhenItCannotBeWritten) {
  const LastGoodFile nowhere(folder_.File("missing/last-good"), token_);
  const auto saved = nowhere.Save(state_);
  ASSERT_FALSE(saved);
  EXPECT_NE(saved.error().message.find("missing/last-good"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::config_sync

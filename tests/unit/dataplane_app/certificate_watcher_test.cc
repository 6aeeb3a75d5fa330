#include "dataplane/app/certificate_watcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_dir.h"
#include "tests/support/test_ca.h"
#include "tests/support/wait.h"

namespace llmgw::app {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

class CertificateWatcherTest : public testing::Test {
 protected:
  CertificateWatcherTest() { Install("old"); }

  // Puts a certificate for NAME.test where the watched ones are, as a rename does it.
  void Install(const std::string& name) {
    const auto made = ca_.IssueFor(name, "DNS:" + name + ".test");
    InstallFile(made.certificate, files_.certificates[0].chain_file);
    InstallFile(made.key, files_.certificates[0].key_file);
  }
  void InstallFile(const std::string& from, const std::string& to) {
    std::filesystem::copy_file(from, to + ".new");
    std::filesystem::rename(to + ".new", to);
  }

  void Watch() {
    auto loaded = CertificateWatcher::Load(files_);
    ASSERT_TRUE(loaded) << loaded.error().Describe();
    watcher_ = std::move(*loaded);
    watcher_->Watch(
        [this](CertificateWatcher::Context context) {
          std::lock_guard lock(mutex_);
          used_.push_back(std::move(context));
        },
        milliseconds(5));
  }
  std::vector<std::string> Names() { return watcher_->current()->certificates()[0].names; }
  size_t Used() {
    std::lock_guard lock(mutex_);
    return used_.size();
  }

  test::TestCa ca_;
  test::TempDir folder_;
  net::TlsServerFiles files_{.certificates = {{folder_.Path("tls.crt"), folder_.Path("tls.key")}}};
  std::mutex mutex_;
  std::vector<CertificateWatcher::Context> used_;  // guarded by mutex_
  std::unique_ptr<CertificateWatcher> watcher_;
};

TEST_F(CertificateWatcherTest, HandsOutReplacedFilesOnce) {
  Watch();
  EXPECT_THAT(Names(), ElementsAre("old.test"));
  Install("new");
  ASSERT_TRUE(test::WaitFor([&] { return watcher_->applied() == 1; }));
  EXPECT_THAT(Names(), ElementsAre("new.test"));
  EXPECT_EQ(Used(), 1U);
  EXPECT_EQ(used_[0], watcher_->current());
}

TEST_F(CertificateWatcherTest, SeesThroughSwappedLinksOfAKubernetesSecret) {
  namespace fs = std::filesystem;
  const fs::path root = folder_.path();
  fs::create_directory(root / "v1");
  fs::create_directory(root / "v2");
  for (const char* file : {"tls.crt", "tls.key"}) fs::rename(root / file, root / "v1" / file);
  fs::create_directory_symlink("v1", root / "..data");
  for (const char* file : {"tls.crt", "tls.key"}) {
    fs::create_symlink(fs::path("..data") / file, root / file);
  }
  Watch();
  const auto made = ca_.IssueFor("new", "DNS:new.test");
  fs::copy_file(made.certificate, root / "v2" / "tls.crt");
  fs::copy_file(made.key, root / "v2" / "tls.key");
  fs::create_directory_symlink("v2", root / "..tmp");
  fs::rename(root / "..tmp", root / "..data");
  ASSERT_TRUE(test::WaitFor([&] { return watcher_->applied() == 1; }));
  EXPECT_THAT(Names(), ElementsAre("new.test"));
}

TEST_F(CertificateWatcherTest, KeepsTheOldOnesWhenTheNewAreWrongAndTakesThemOnceTheyAreRight) {
  Watch();
  const auto made = ca_.IssueFor("new", "DNS:new.test");
  InstallFile(made.certificate, files_.certificates[0].chain_file);
  ASSERT_TRUE(test::WaitFor([&] { return watcher_->refused() == 1; }));
  EXPECT_THAT(Names(), ElementsAre("old.test"));
  EXPECT_EQ(Used(), 0U);
  InstallFile(made.key, files_.certificates[0].key_file);
  ASSERT_TRUE(test::WaitFor([&] { return watcher_->applied() == 1; }));
  EXPECT_THAT(Names(), ElementsAre("new.test"));
  EXPECT_EQ(watcher_->refused(), 1U);
}

TEST_F(CertificateWatcherTest, AVanishedFileIsRefusedOnceAndMayComeBack) {
  Watch();
  std::filesystem::remove(files_.certificates[0].key_file);
  ASSERT_TRUE(test::WaitFor([&] { return watcher_->refused() == 1; }));
  Install("back");
  ASSERT_TRUE(test::WaitFor([&] { return watcher_->applied() == 1; }));
  EXPECT_THAT(Names(), ElementsAre("back.test"));
}

TEST_F(CertificateWatcherTest, StartsWithNothingThatIsWrong) {
  std::filesystem::remove(files_.certificates[0].key_file);
  auto loaded = CertificateWatcher::Load(files_);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().field, "tls-key");
}

}  // namespace
}  // namespace llmgw::app

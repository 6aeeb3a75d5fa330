#include "dataplane/app/instance.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/support/temp_dir.h"

namespace llmgw::app {
namespace {

TEST(DataFolder, IsMadeForItsOwnerOnly) {
  test::TempDir parent;
  const std::string path = parent.Path("a/b");
  ASSERT_TRUE(DataFolder::Open(path));
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST(DataFolder, IsFreeAgainWhenItsHolderIsGone) {
  test::TempDir parent;
  {
    const auto first = DataFolder::Open(parent.Path("d"));
    ASSERT_TRUE(first);
    const auto second = DataFolder::Open(parent.Path("d"));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().field, "data-dir");
  }
  EXPECT_TRUE(DataFolder::Open(parent.Path("d")));
}

TEST(InstanceId, StaysTheSameInOneFolderAndDiffersBetweenFolders) {
  test::TempDir parent;
  const auto a = DataFolder::Open(parent.Path("a"));
  const auto b = DataFolder::Open(parent.Path("b"));
  ASSERT_TRUE(a && b);
  const auto first = InstanceId(*a, "");
  ASSERT_TRUE(first) << first.error().Describe();
  EXPECT_EQ(*first, *InstanceId(*a, ""));
  EXPECT_NE(*first, *InstanceId(*b, ""));
  EXPECT_EQ(first->find_first_of(" \n"), std::string::npos);
  EXPECT_EQ(*InstanceId(*a, "given"), "given");
}

TEST(RaiseOpenFileLimit, TakesWhatTheSystemAllows) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(RaiseOpenFileLimit(), limit.rlim_max);
}

}  // namespace
}  // namespace llmgw::app

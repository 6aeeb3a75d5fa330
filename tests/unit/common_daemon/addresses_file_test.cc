#include "common/daemon/addresses_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>

namespace llmgw::daemon {
namespace {

TEST(AddressesFile, ExistsOnlyWhileItsOwnerDoes) {
  std::string directory = testing::TempDir();
  auto written = AddressesFile::Write(directory, {{"grpc", "127.0.0.1:1"}, {"ops", "[::1]:2"}});
  ASSERT_TRUE(written);
  std::optional<AddressesFile> file(std::move(*written));
  std::stringstream text;
  text << std::ifstream(file->path()).rdbuf();
  EXPECT_EQ(text.str(), "{\"grpc\":\"127.0.0.1:1\",\"ops\":\"[::1]:2\"}\n");
  std::string path = file->path();
  file.reset();
  EXPECT_NE(access(path.c_str(), F_OK), 0);
}

TEST(AddressesFile, SaysWhichPathCannotBeWritten) {
  auto written = AddressesFile::Write("/nonexistent", {});
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("/nonexistent/addresses.json"), std::string::npos);
}

}  // namespace
}  // namespace llmgw::daemon

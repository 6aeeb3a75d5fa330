#include "admin-cli/output/human.h"

#include <gtest/gtest.h>

#include "admin-cli/output/safe_text.h"

namespace llmgw::admin_cli {
namespace {

google::protobuf::Timestamp At(int64_t seconds) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  return time;
}

TEST(Human, GivesAgesInOneUnit) {
  const WallTime now = WallTime(std::chrono::seconds(1'000'000));
  EXPECT_EQ(Age(At(1'000'000 - 5), now), "5s ago");
  EXPECT_EQ(Age(At(1'000'000 - 600), now), "10m ago");
  EXPECT_EQ(Age(At(1'000'000 - 7200), now), "2h ago");
  EXPECT_EQ(Age(At(1'000'000 - 3 * 86400), now), "3d ago");
  EXPECT_EQ(Age(At(1'000'000 + 86400 * 30), now), "in 30d");
  EXPECT_EQ(Age(At(1'000'000 + 8), now), "in 8s");
  EXPECT_EQ(Age(At(1'000'001), now), "0s ago");  // clocks differ a little
  EXPECT_EQ(Age({}, now), "");
  EXPECT_TRUE(Age(At(253'402'300'799), now).starts_with("in "));  // the year 9999
  EXPECT_TRUE(Age(At(-62'135'596'800), now).ends_with(" ago"));   // the year 1
}

TEST(Human, GivesDurationsWithAFittingUnit) {
  EXPECT_EQ(Micros(850), "850us");
  EXPECT_EQ(Micros(12'345), "12.3ms");
  EXPECT_EQ(Micros(1'240'000), "1.24s");
  EXPECT_EQ(Micros(125'000'000), "2m05s");
  EXPECT_EQ(Bytes(10), "10 B");
  EXPECT_EQ(Bytes(4608), "4.5 KiB");
}

TEST(SafeText, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(SafeText("a\x1b[31mb\r\x7f"), "a\\x1b[31mb\\x0d\\x7f");
  EXPECT_EQ(SafeText("\xC2\x9B"), "\\xc2\\x9b");  // CSI as one character
  EXPECT_EQ(SafeText("a\tb\nc"), "a\tb\\x0ac");
  EXPECT_EQ(SafeText("a\nb", Lines::kKeep), "a\nb");
  EXPECT_EQ(SafeText("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
}

}  // namespace
}  // namespace llmgw::admin_cli

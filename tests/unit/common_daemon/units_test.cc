#include "common/daemon/units.h"

#include <gtest/gtest.h>

namespace llmgw::daemon {
namespace {

using std::chrono::milliseconds;

TEST(Units, DurationsNeedAUnit) {
  EXPECT_EQ(ParseDuration("250ms").value(), milliseconds(250));
  EXPECT_EQ(ParseDuration("10s").value(), milliseconds(10'000));
  EXPECT_EQ(ParseDuration("1h").value(), milliseconds(3'600'000));
  for (auto text : {"10", "", "s", "-1s", "1.5s", "10 s", "10sec", "9999999999999999h"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

TEST(Units, SizesReadBinaryUnits) {
  EXPECT_EQ(ParseBytes("65536").value(), 65536u);
  EXPECT_EQ(ParseBytes("512MiB").value(), 512u << 20);
  for (auto text : {"", "KiB", "1MB", "-1", "1.5GiB", "99999999999999999999"}) {
    EXPECT_FALSE(ParseBytes(text)) << text;
  }
}

TEST(Units, FormattingReadsBack) {
  for (auto text : {"0ms", "250ms", "1500ms", "10s", "5m", "2h"}) {
    EXPECT_EQ(FormatDuration(ParseDuration(text).value()), text);
  }
  for (auto text : {"0", "1000", "64KiB", "3MiB", "2GiB"}) {
    EXPECT_EQ(FormatBytes(ParseBytes(text).value()), text);
  }
}

}  // namespace
}  // namespace llmgw::daemon

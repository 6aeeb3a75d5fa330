#include <gtest/gtest.h>

#include "dataplane/forward/adapter/adapter.h"

namespace llmgw::forward {
namespace {

std::string Line(const std::vector<std::string>& names) {
  std::string out;
  AppendUnsupported(out, names);
  return out;
}

TEST(UnsupportedHeader, NamesEachAndNothingForNone) {
  EXPECT_EQ(Line({}), "");
  EXPECT_EQ(Line({"logit_bias"}), "x-llmgw-unsupported: logit_bias\r\n");
  EXPECT_EQ(Line({"n", "tools"}), "x-llmgw-unsupported: n, tools\r\n");
}

TEST(UnsupportedHeader, NamesFromOutsideCannotAddToTheHead) {
  EXPECT_EQ(Line({"a\r\nset-cookie: b", "c,d", "\xc3\xa9"}),
            "x-llmgw-unsupported: a??set-cookie:?b, c?d, ??\r\n");
}

TEST(UnsupportedHeader, IsBounded) {
  const std::string line = Line(std::vector<std::string>(1000, "field"));
  EXPECT_LT(line.size(), 1100U);
  EXPECT_TRUE(line.ends_with(", ...\r\n"));
  EXPECT_EQ(Line({std::string(5000, 'x')}), "x-llmgw-unsupported: ...\r\n");
}

}  // namespace
}  // namespace llmgw::forward

#include "dataplane/net/ip_ranges.h"

#include <gtest/gtest.h>

namespace llmgw::net {
namespace {

TEST(IpRanges, ContainWhatSharesTheirPrefix) {
  const auto ranges =
      IpRanges::Parse({"10.0.0.0/8", "192.168.4.0/22", "2001:db8::/33", "127.0.0.1"});
  ASSERT_TRUE(ranges);
  for (const char* ip : {"10.0.0.1", "10.255.255.255", "192.168.7.255", "2001:db8:7fff::1",
                         "127.0.0.1", "::ffff:10.1.2.3", "[2001:db8::1]"}) {
    EXPECT_TRUE(ranges->Contains(ip)) << ip;
  }
  for (const char* ip : {"11.0.0.0", "192.168.8.0", "2001:db8:8000::1", "127.0.0.2", "::1", "",
                         "example.com", "10.0.0.1:80"}) {
    EXPECT_FALSE(ranges->Contains(ip)) << ip;
  }
}

TEST(IpRanges, ContainNothingWhenThereAreNone) {
  EXPECT_FALSE(IpRanges::Parse({})->Contains("127.0.0.1"));
  EXPECT_TRUE(IpRanges::Parse({"0.0.0.0/0"})->Contains("203.0.113.9"));
  EXPECT_FALSE(IpRanges::Parse({"0.0.0.0/0"})->Contains("2001:db8::1"));
  EXPECT_FALSE(IpRanges::Parse({"::/0"})->Contains("203.0.113.9"));
  EXPECT_TRUE(IpRanges::Parse({"::/0"})->Contains("2001:db8::1"));
  EXPECT_TRUE(IpRanges::Parse({"::/0"})->Contains("2001:db8::1"));
}

TEST(IpRanges, AreShownAsTheyAreWritten) {
  const std::vector<std::string> texts{"10.0.0.0/8", "127.0.0.1/32", "2001:db8::/33", "::/0"};
  EXPECT_EQ(IpRanges::Parse(texts)->ToStrings(), texts);
  EXPECT_EQ(IpRanges::Parse({"127.0.0.1"})->ToStrings(), std::vector<std::string>{"127.0.0.1/32"});
}

TEST(IpRanges, NameTheEntryThatCannotBeRead) {
  for (const char* bad : {"10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "10.0.0.0/8x", "proxy",
                          "10.0.0.0/-1", ""}) {
    const auto ranges = IpRanges::Parse({"127.0.0.1", bad});
    ASSERT_FALSE(ranges) << bad;
    EXPECT_NE(ranges.error().message.find(std::string("'") + bad + "'"), std::string::npos);
  }
}

}  // namespace
}  // namespace llmgw::net

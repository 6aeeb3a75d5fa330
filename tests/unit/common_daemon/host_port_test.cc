#include "common/daemon/host_port.h"

#include <gtest/gtest.h>

namespace llmgw::daemon {
namespace {

std::string RoundTrip(std::string_view text) {
  auto parsed = ParseHostPort(text);
  return parsed ? parsed->ToString() : parsed.error().message;
}

TEST(HostPort, ReadsNamesAndBothKindsOfAddresses) {
  EXPECT_EQ(RoundTrip("127.0.0.1:7400"), "127.0.0.1:7400");
  EXPECT_EQ(RoundTrip("[::1]:0"), "[::1]:0");
  EXPECT_EQ(RoundTrip("controlplane.llmgw.svc:65535"), "controlplane.llmgw.svc:65535");
  EXPECT_EQ(RoundTrip(":80"), "0.0.0.0:80");
}

TEST(HostPort, RefusesWhatIsNoAddress) {
  for (auto text : {"", "localhost", "localhost:", "h:65536", "h:-1", "h:8 0", "::1:80", "[::1:80",
                    "[localhost]:80", "a b:1", "u@h:1", "http://h:1"}) {
    EXPECT_FALSE(ParseHostPort(text)) << text;
  }
}

TEST(HostPort, KnowsLoopback) {
  EXPECT_TRUE(IsLoopback("127.0.0.1"));
  EXPECT_TRUE(IsLoopback("127.8.9.10"));
  EXPECT_TRUE(IsLoopback("::1"));
  EXPECT_TRUE(IsLoopback("localhost"));
  EXPECT_FALSE(IsLoopback("0.0.0.0"));
  EXPECT_FALSE(IsLoopback("::"));
  EXPECT_FALSE(IsLoopback("127.0.0.1.example.com"));
}

}  // namespace
}  // namespace llmgw::daemon

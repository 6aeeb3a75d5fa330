#include "dataplane/net/address.h"

#include <gtest/gtest.h>

namespace llmgw::net {
namespace {

std::string Reprinted(std::string_view ip, uint16_t port) {
  const auto address = ParseIp(ip, port);
  return address ? AddressText(*address) : "";
}

TEST(Address, ReadsIpLiteralsWithAndWithoutBrackets) {
  EXPECT_EQ(Reprinted("127.0.0.1", 80), "127.0.0.1:80");
  EXPECT_EQ(Reprinted("0.0.0.0", 0), "0.0.0.0:0");
  EXPECT_EQ(Reprinted("::1", 65535), "[::1]:65535");
  EXPECT_EQ(Reprinted("[::1]", 443), "[::1]:443");
  EXPECT_EQ(Reprinted("2001:DB8::0:1", 443), "[2001:db8::1]:443");
}

TEST(Address, TakesNothingElseForAnIp) {
  for (const char* text : {"", "localhost", "127.1", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "[::1",
                           "::1]", "[]", "::g", "1.2.3.4:80", " 1.2.3.4", "0x7f.0.0.1", "::1%lo"}) {
    EXPECT_FALSE(IsIpLiteral(text)) << text;
  }
  EXPECT_FALSE(IsIpLiteral(std::string_view("127.0.0.1\0x", 11)));
}

TEST(Address, IsPrintedWithoutThePortWhereAClientIsNamed) {
  EXPECT_EQ(IpText(*ParseIp("10.1.2.3", 4)), "10.1.2.3");
  EXPECT_EQ(IpText(*ParseIp("fe80::1", 4)), "fe80::1");
}

// A listener on [::] sees IPv4 clients so; lists and people know them by their IPv4 address.
TEST(Address, AnIpv4ClientOfAnIpv6ListenerIsPrintedAsIpv4) {
  EXPECT_EQ(IpText(*ParseIp("::ffff:10.1.2.3", 4)), "10.1.2.3");
}

}  // namespace
}  // namespace llmgw::net
